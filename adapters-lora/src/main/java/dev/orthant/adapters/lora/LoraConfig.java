package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.InitialA;
import dev.orthant.core.adapter.LowRankSettings;
import dev.orthant.core.spi.TargetModules;
import java.util.List;
import java.util.Map;

/**
 * Configuration of LoRA. PEFT's names, where they differ, are in parentheses.
 *
 * @param rank rank of the delta ({@code r}), at least 1
 * @param alpha numerator of the scaling alpha / rank ({@code lora_alpha}), positive
 * @param rankStabilised whether the scaling is alpha / sqrt(rank) instead ({@code use_rslora})
 * @param dropout probability of zeroing an element of the adapter's input in training ({@code
 *     lora_dropout}), in [0, 1)
 * @param targetModules names of the modules to adapt, or one regular expression, or {@code
 *     all-linear}; see {@link TargetModules}
 * @param excludeModules names of modules not to adapt, or one regular expression
 * @param layersToTransform indices of the layers to adapt; empty means all
 * @param rankPattern regular expression on module paths to the rank there
 * @param alphaPattern regular expression on module paths to the alpha there
 * @param init how A is drawn where no constraint gives it ({@code init_lora_weights}); B is zero
 */
public record LoraConfig(
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
  public LoraConfig {
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

  /**
   * Rank 8, alpha 16, no dropout, query and value: the protocol of OSRM's authors and the targets
   * of the LoRA paper's main experiments. PEFT itself defaults to alpha 8.
   */
  public static LoraConfig defaults() {
    return new LoraConfig(
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
  LoraConfig at(int siteRank, double siteAlpha) {
    return new LoraConfig(
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
