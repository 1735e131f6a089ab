package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.LowRankSettings;
import dev.orthant.core.spi.TargetModules;
import java.util.List;
import java.util.Map;

/**
 * Configuration of EVA.
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
 * @param rho how many times {@code rank} a module may get, at least 1; with 1 every module keeps it
 * @param adjustAlpha whether alpha grows with the rank a module gets, so that its scaling stays
 * @param whiten whether rows are divided by the root of their singular value
 */
public record EvaConfig(
    int rank,
    double alpha,
    boolean rankStabilised,
    double dropout,
    List<String> targetModules,
    List<String> excludeModules,
    List<Integer> layersToTransform,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern,
    double rho,
    boolean adjustAlpha,
    boolean whiten) {

  /** Refuses values out of range. */
  public EvaConfig {
    LowRankSettings settings =
        new LowRankSettings(
            rank,
            alpha,
            rankStabilised,
            dropout,
            new TargetModules(targetModules, excludeModules, layersToTransform),
            rankPattern,
            alphaPattern);
    if (!(rho >= 1) || Double.isInfinite(rho)) {
      throw new IllegalArgumentException("rho must be at least 1 and finite, was " + rho);
    }
    if (rho > 1 && !rankPattern.isEmpty()) {
      throw new IllegalArgumentException(
          "rank_pattern fixes ranks that rho %s shares out: leave it out, or set rho to 1"
              .formatted(rho));
    }
    targetModules = settings.targets().include();
    excludeModules = settings.targets().exclude();
    layersToTransform = settings.targets().layers();
    rankPattern = settings.rankPattern();
    alphaPattern = settings.alphaPattern();
  }

  /**
   * Rank 8, alpha 16, query and value, as LoRA; rho 2, adjusted alpha and no whitening, as PEFT.
   */
  public static EvaConfig defaults() {
    return new EvaConfig(
        8,
        16,
        false,
        0,
        List.of("query", "value"),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        2,
        true,
        false);
  }

  /** The configuration of one site, where the patterns have had their say. */
  EvaConfig at(int siteRank, double siteAlpha) {
    return new EvaConfig(
        siteRank,
        siteAlpha,
        rankStabilised,
        dropout,
        targetModules,
        excludeModules,
        layersToTransform,
        Map.of(),
        Map.of(),
        rho,
        adjustAlpha,
        whiten);
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
