package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.LowRankSettings;
import dev.orthant.core.spi.TargetModules;
import java.util.List;
import java.util.Map;

/**
 * Configuration of LoRA-XS.
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
 */
public record LoraXsConfig(
    int rank,
    double alpha,
    boolean rankStabilised,
    double dropout,
    List<String> targetModules,
    List<String> excludeModules,
    List<Integer> layersToTransform,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern) {

  /** Refuses values out of range. */
  public LoraXsConfig {
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

  /** Rank 8, alpha 16, query and value, as LoRA; the paper's ranks are 4 to 25. */
  public static LoraXsConfig defaults() {
    return new LoraXsConfig(
        8, 16, false, 0, List.of("query", "value"), List.of(), List.of(), Map.of(), Map.of());
  }

  /** The configuration of one site, where the patterns have had their say. */
  LoraXsConfig at(int siteRank, double siteAlpha) {
    return new LoraXsConfig(
        siteRank,
        siteAlpha,
        rankStabilised,
        dropout,
        targetModules,
        excludeModules,
        layersToTransform,
        Map.of(),
        Map.of());
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
