package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.InitialA;
import java.util.List;
import java.util.Map;

/**
 * Configuration of LoRA+: LoRA's and how much faster B learns.
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
 * @param bLearningRateRatio the learning rate of B divided by that of A, positive ({@code
 *     loraplus_lr_ratio})
 */
public record LoraPlusConfig(
    int rank,
    double alpha,
    boolean rankStabilised,
    double dropout,
    List<String> targetModules,
    List<String> excludeModules,
    List<Integer> layersToTransform,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern,
    InitialA init,
    double bLearningRateRatio) {

  private static final double RECOMMENDED_RATIO = 16;

  /** Refuses values out of range. */
  public LoraPlusConfig {
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
    if (!(bLearningRateRatio > 0) || Double.isInfinite(bLearningRateRatio)) {
      throw new IllegalArgumentException(
          "b_learning_rate_ratio must be positive and finite, was " + bLearningRateRatio);
    }
  }

  /** LoRA's, with the paper's recommendation of a ratio of 16. */
  public static LoraPlusConfig defaults() {
    return of(LoraConfig.defaults(), RECOMMENDED_RATIO);
  }

  /** The configuration of one site, where the patterns have had their say. */
  LoraPlusConfig at(int siteRank, double siteAlpha) {
    return of(lora().at(siteRank, siteAlpha), bLearningRateRatio);
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

  private static LoraPlusConfig of(LoraConfig lora, double bLearningRateRatio) {
    return new LoraPlusConfig(
        lora.rank(),
        lora.alpha(),
        lora.rankStabilised(),
        lora.dropout(),
        lora.targetModules(),
        lora.excludeModules(),
        lora.layersToTransform(),
        lora.rankPattern(),
        lora.alphaPattern(),
        lora.init(),
        bLearningRateRatio);
  }
}
