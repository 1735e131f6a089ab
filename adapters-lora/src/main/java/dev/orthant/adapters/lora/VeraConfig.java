package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.LowRankSettings;
import dev.orthant.core.spi.TargetModules;
import java.util.List;
import java.util.Map;

/**
 * Configuration of VeRA. PEFT's names, where they differ, are in parentheses.
 *
 * @param rank rank of the delta ({@code r}), at least 1
 * @param dropout probability of zeroing an element of the adapter's input in training ({@code
 *     vera_dropout}), in [0, 1)
 * @param targetModules as LoRA's
 * @param excludeModules as LoRA's
 * @param layersToTransform as LoRA's
 * @param firstD what the elements of d start at ({@code d_initial}), finite and not zero
 * @param projectionSeed of the frozen matrices ({@code projection_prng_key}), which do not depend
 *     on the run's seed
 */
public record VeraConfig(
    int rank,
    double dropout,
    List<String> targetModules,
    List<String> excludeModules,
    List<Integer> layersToTransform,
    double firstD,
    long projectionSeed) {

  /** Refuses values out of range. */
  public VeraConfig {
    LowRankSettings settings =
        settings(rank, dropout, targetModules, excludeModules, layersToTransform);
    if (!Double.isFinite(firstD) || firstD == 0) {
      throw new IllegalArgumentException(
          "first_d must be finite and not 0, with which nothing trains, was " + firstD);
    }
    targetModules = settings.targets().include();
    excludeModules = settings.targets().exclude();
    layersToTransform = settings.targets().layers();
  }

  /** Rank 256, d at 0.1 and key 0, as PEFT; query and value, as LoRA here. */
  public static VeraConfig defaults() {
    return new VeraConfig(256, 0, List.of("query", "value"), List.of(), List.of(), 0.1, 0);
  }

  /** The settings of LoRA of this rank and a scaling of 1. */
  LowRankSettings settings() {
    return settings(rank, dropout, targetModules, excludeModules, layersToTransform);
  }

  private static LowRankSettings settings(
      int rank, double dropout, List<String> include, List<String> exclude, List<Integer> layers) {
    TargetModules targets = new TargetModules(include, exclude, layers);
    return new LowRankSettings(rank, rank(rank), false, dropout, targets, Map.of(), Map.of());
  }

  /** A positive alpha also for ranks that are refused, so that the rank is what is named. */
  private static double rank(int rank) {
    return Math.max(1, rank);
  }
}
