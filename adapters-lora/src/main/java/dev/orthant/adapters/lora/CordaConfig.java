package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.LowRankSettings;
import dev.orthant.core.spi.TargetModules;
import java.util.List;
import java.util.Map;

/**
 * Configuration of CorDA.
 *
 * @param rank as LoRA's
 * @param alpha as LoRA's
 * @param rankStabilised as LoRA's
 * @param dropout as LoRA's
 * @param targetModules as LoRA's
 * @param excludeModules as LoRA's
 * @param layersToTransform as LoRA's
 * @param rankPattern as LoRA's
 * @param alphaPattern as LoRA's
 * @param mode which components are trained
 * @param damping added to the diagonal of C, as a share of its mean, positive
 */
public record CordaConfig(
    int rank,
    double alpha,
    boolean rankStabilised,
    double dropout,
    List<String> targetModules,
    List<String> excludeModules,
    List<Integer> layersToTransform,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern,
    Mode mode,
    double damping) {

  /** Which components of the weights, seen through the features, are trained. */
  public enum Mode {
    /** The leading ones, for features of the task to learn ({@code ipm} in PEFT). */
    INSTRUCTION_PREVIEWED,
    /** The last ones, for features of what is to be kept ({@code kpm} in PEFT). */
    KNOWLEDGE_PRESERVED
  }

  /** Refuses values out of range. */
  public CordaConfig {
    LowRankSettings settings =
        new LowRankSettings(
            rank,
            alpha,
            rankStabilised,
            dropout,
            new TargetModules(targetModules, excludeModules, layersToTransform),
            rankPattern,
            alphaPattern);
    if (!(damping > 0) || Double.isInfinite(damping)) {
      throw new IllegalArgumentException("damping must be positive and finite, was " + damping);
    }
    targetModules = settings.targets().include();
    excludeModules = settings.targets().exclude();
    layersToTransform = settings.targets().layers();
    rankPattern = settings.rankPattern();
    alphaPattern = settings.alphaPattern();
  }

  /** Rank 8 and alpha 8, a scaling of 1 as the paper has it; mode and damping as PEFT. */
  public static CordaConfig defaults() {
    return new CordaConfig(
        8,
        8,
        false,
        0,
        List.of("query", "value"),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        Mode.INSTRUCTION_PREVIEWED,
        0.01);
  }

  /** The configuration of one site, where the patterns have had their say. */
  CordaConfig at(int siteRank, double siteAlpha) {
    return new CordaConfig(
        siteRank,
        siteAlpha,
        rankStabilised,
        dropout,
        targetModules,
        excludeModules,
        layersToTransform,
        Map.of(),
        Map.of(),
        mode,
        damping);
  }

  LowRankSettings settings() {
    return new LowRankSettings(
        rank,
        alpha,
        rankStabilised,
        dropout,
        new TargetModules(targetModules, excludeModules, layersToTransform),
        rankPattern,
        alphaPattern);
  }
}
