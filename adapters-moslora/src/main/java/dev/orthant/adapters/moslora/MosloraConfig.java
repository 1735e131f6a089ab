package dev.orthant.adapters.moslora;

import dev.orthant.core.adapter.InitialA;
import dev.orthant.core.adapter.LowRankSettings;
import dev.orthant.core.spi.TargetModules;
import java.util.List;
import java.util.Map;

/**
 * Configuration of MoSLoRA: LoRA's and how the mixer starts.
 *
 * @param rank rank of the delta and size of the mixer, at least 1
 * @param alpha numerator of the scaling alpha / rank, positive
 * @param rankStabilised whether the scaling is alpha / sqrt(rank) instead
 * @param dropout probability of zeroing an element of the adapter's input in training, in [0, 1)
 * @param targetModules names of the modules to adapt, or one regular expression, or {@code
 *     all-linear}; see {@link TargetModules}
 * @param excludeModules names of modules not to adapt, or one regular expression
 * @param layersToTransform indices of the layers to adapt; empty means all
 * @param rankPattern regular expression on module paths to the rank there
 * @param alphaPattern regular expression on module paths to the alpha there
 * @param init how A is drawn where no constraint gives it; B is zero
 * @param mixerInit how the mixer is drawn
 * @param mixer what becomes of the mixer in training
 */
public record MosloraConfig(
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
    MixerInit mixerInit,
    MixerUse mixer) {

  /** How the mixer [rank, rank] starts. */
  public enum MixerInit {
    /** Uniform in +-1/sqrt(rank), as in the authors' code. */
    KAIMING,
    /** A random orthogonal matrix, the paper's other choice: A's rows keep their lengths. */
    ORTHOGONAL,
    /** The identity: training starts as LoRA's does. */
    IDENTITY,
    /**
     * {@code [[I, I], [I, I]]} of halves of the rank, the paper's mixing of two subspaces: {@code B
     * mixer A = (B1 + B2)(A1 + A2)}. The rank has to be even.
     */
    TWO_SUBSPACES
  }

  /** What becomes of the mixer. */
  public enum MixerUse {
    /** It is trained. */
    TRAINED,
    /** It stays as it was drawn; only A and B are trained. */
    FROZEN,
    /** It is multiplied into A at the start, and A and B are trained as LoRA's are. */
    FOLDED
  }

  /** Refuses values out of range. */
  public MosloraConfig {
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
    if (mixerInit == MixerInit.TWO_SUBSPACES && rank % 2 != 0) {
      throw new IllegalArgumentException(
          "rank must be even for mixer_init two-subspaces, was " + rank);
    }
  }

  /**
   * The same rank, alpha, dropout and targets as LoRA's defaults, so that the two compare; the
   * mixer as in the authors' code.
   */
  public static MosloraConfig defaults() {
    return new MosloraConfig(
        8,
        16,
        false,
        0,
        List.of("query", "value"),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        InitialA.KAIMING,
        MixerInit.KAIMING,
        MixerUse.TRAINED);
  }

  /** The configuration of one site, where the patterns have had their say. */
  MosloraConfig at(int siteRank, double siteAlpha) {
    return new MosloraConfig(
        siteRank,
        siteAlpha,
        rankStabilised,
        dropout,
        targetModules,
        excludeModules,
        layersToTransform,
        Map.of(),
        Map.of(),
        init,
        mixerInit,
        mixer);
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
