package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.InitialA;
import java.util.List;
import java.util.Map;

/**
 * Configuration of LoRA-FA: LoRA's, of which A is drawn and never trained.
 *
 * @param rank rank of the delta, at least 1
 * @param alpha numerator of the scaling alpha / rank, positive
 * @param rankStabilised whether the scaling is alpha / sqrt(rank) instead
 * @param dropout probability of zeroing an element of the adapter's input in training, in [0, 1)
 * @param targetModules names of the modules to adapt, or one regular expression, or {@code
 *     all-linear}; see {@link dev.orthant.core.spi.TargetModules}
 * @param excludeModules names of modules not to adapt, or one regular expression
 * @param layersToTransform indices of the layers to adapt; empty means all
 * @param rankPattern regular expression on module paths to the rank there
 * @param alphaPattern regular expression on module paths to the alpha there
 * @param init how A is drawn where no constraint gives it; B is zero
 */
public record LoraFaConfig(
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
  public LoraFaConfig {
    LoraConfig lora =
        new LoraConfig(
            rank,
            alpha,
            rankStabilised,
            dropout,
            targetModules,
            excludeModules,
            layersToTransform,
            rankPattern,
            alphaPattern,
            init);
    targetModules = lora.targetModules();
    excludeModules = lora.excludeModules();
    layersToTransform = lora.layersToTransform();
    rankPattern = lora.rankPattern();
    alphaPattern = lora.alphaPattern();
  }

  /** LoRA's. */
  public static LoraFaConfig defaults() {
    return of(LoraConfig.defaults());
  }

  /** The configuration of one site, where the patterns have had their say. */
  LoraFaConfig at(int siteRank, double siteAlpha) {
    return of(lora().at(siteRank, siteAlpha));
  }

  /** What of it is LoRA's. */
  LoraConfig lora() {
    return new LoraConfig(
        rank,
        alpha,
        rankStabilised,
        dropout,
        targetModules,
        excludeModules,
        layersToTransform,
        rankPattern,
        alphaPattern,
        init);
  }

  private static LoraFaConfig of(LoraConfig lora) {
    return new LoraFaConfig(
        lora.rank(),
        lora.alpha(),
        lora.rankStabilised(),
        lora.dropout(),
        lora.targetModules(),
        lora.excludeModules(),
        lora.layersToTransform(),
        lora.rankPattern(),
        lora.alphaPattern(),
        lora.init());
  }
}
