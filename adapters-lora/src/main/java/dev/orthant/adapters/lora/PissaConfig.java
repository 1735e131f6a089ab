package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.LowRankSettings;
import dev.orthant.core.spi.TargetModules;
import java.util.List;
import java.util.Map;

/**
 * Configuration of PiSSA.
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
 * @param decomposition how the singular vectors are found
 */
public record PissaConfig(
    int rank,
    double alpha,
    boolean rankStabilised,
    double dropout,
    List<String> targetModules,
    List<String> excludeModules,
    List<Integer> layersToTransform,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern,
    Decomposition decomposition) {

  /** How the leading singular vectors are found. */
  public enum Decomposition {
    /** All singular vectors are computed ({@code pissa} in PEFT). */
    EXACT,
    /**
     * Three power iterations on random directions ({@code pissa_niter_3} in PEFT): the factors
     * start near the leading singular vectors, and still at a delta of zero.
     */
    FAST
  }

  /** Refuses values out of range. */
  public PissaConfig {
    LowRankSettings settings =
        new LowRankSettings(
            rank,
            alpha,
            rankStabilised,
            dropout,
            new TargetModules(targetModules, excludeModules, layersToTransform),
            rankPattern,
            alphaPattern);
    targetModules = settings.targets().include();
    excludeModules = settings.targets().exclude();
    layersToTransform = settings.targets().layers();
    rankPattern = settings.rankPattern();
    alphaPattern = settings.alphaPattern();
  }

  /** Rank 8 and alpha 8, a scaling of 1 as the paper has it; otherwise as LoRA. */
  public static PissaConfig defaults() {
    return new PissaConfig(
        8,
        8,
        false,
        0,
        List.of("query", "value"),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        Decomposition.EXACT);
  }

  /** The configuration of one site, where the patterns have had their say. */
  PissaConfig at(int siteRank, double siteAlpha) {
    return new PissaConfig(
        siteRank,
        siteAlpha,
        rankStabilised,
        dropout,
        targetModules,
        excludeModules,
        layersToTransform,
        Map.of(),
        Map.of(),
        decomposition);
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
