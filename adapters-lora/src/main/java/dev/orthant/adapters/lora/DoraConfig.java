package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.InitialA;
import dev.orthant.core.adapter.LowRankSettings;
import dev.orthant.core.spi.TargetModules;
import java.util.List;
import java.util.Map;

/**
 * Configuration of DoRA.
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
 * @param init as LoRA's
 */
public record DoraConfig(
    int rank,
    double alpha,
    boolean rankStabilised,
    double dropout,
    List<String> targetModules,
    List<String> excludeModules,
    List<Integer> layersToTransform,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern,
    InitialA init) {

  /** Refuses values out of range. */
  public DoraConfig {
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

  /** Rank 8, alpha 16, query and value, as LoRA, so that the two compare. */
  public static DoraConfig defaults() {
    return new DoraConfig(
        8,
        16,
        false,
        0,
        List.of("query", "value"),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        InitialA.KAIMING);
  }

  /** The configuration of one site, where the patterns have had their say. */
  DoraConfig at(int siteRank, double siteAlpha) {
    return new DoraConfig(
        siteRank,
        siteAlpha,
        rankStabilised,
        dropout,
        targetModules,
        excludeModules,
        layersToTransform,
        Map.of(),
        Map.of(),
        init);
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
