package dev.orthant.adapters.moslora;

import dev.orthant.core.adapter.InitialA;
import dev.orthant.core.adapter.LowRankSettings;
import dev.orthant.core.spi.TargetModules;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
 * @param init how A is drawn where no constraint gives it; B is zero, except with a mixer of zeros
 * @param mixerInit how the mixer is drawn
 * @param mixer what becomes of the mixer in training
 * @param mixerLearningRateRatio the mixer's learning rate divided by that of A and B, positive; the
 *     same if absent
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
    MixerUse mixer,
    @Nullable Double mixerLearningRateRatio) {

  /** How the mixer [rank, rank] starts. */
  public sealed interface MixerInit {

    /** Uniform in +-1/sqrt(rank), as in the authors' code. */
    record Kaiming() implements MixerInit {}

    /** Uniform in +-sqrt(3/rank), Glorot's rule. */
    record Xavier() implements MixerInit {}

    /** Normal with standard deviation 1/sqrt(rank): A's rows keep their lengths in the mean. */
    record Normal() implements MixerInit {}

    /** A random orthogonal matrix, the paper's other choice: A's rows keep their lengths. */
    record Orthogonal() implements MixerInit {}

    /** The identity: training starts as LoRA's does. */
    record Identity() implements MixerInit {}

    /**
     * Zeros. A fresh adapter changes nothing whatever B is, so B is drawn, uniform in
     * +-1/sqrt(rank): were it zero too, no gradient would ever leave zero.
     */
    record Zero() implements MixerInit {}

    /** {@link Subspaces} of two, the paper's {@code [[I, I], [I, I]]}. The rank has to be even. */
    record TwoSubspaces() implements MixerInit {}

    /**
     * Identities in all blocks of equal size: with A and B cut into {@code count} parts of rank /
     * count, {@code B mixer A = (B1 + ... + Bk)(A1 + ... + Ak)}.
     *
     * @param count of parts, at least 2; it has to divide the rank
     */
    record Subspaces(int count) implements MixerInit {

      /** Refuses less than two. */
      public Subspaces {
        if (count < 2) {
          throw new IllegalArgumentException(
              "subspaces must be at least 2, was %d; 1 is mixer_init identity".formatted(count));
        }
      }
    }
  }

  /** What becomes of the mixer. */
  public enum MixerUse {
    /** Each module's is trained. */
    TRAINED,
    /** One is trained for all modules; where ranks differ, one for all modules of a rank. */
    SHARED,
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
    requireTrainable(mixerInit, mixer);
    requireDivisible(rank, mixerInit);
    if (mixerLearningRateRatio != null) {
      requireRatio(mixer, mixerLearningRateRatio);
    }
  }

  /**
   * The same rank, alpha, dropout and targets as LoRA's defaults, so that the two compare; the
   * mixer as in the authors' code, which trains it at the learning rate of A and B.
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
        new MixerInit.Kaiming(),
        MixerUse.TRAINED,
        null);
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
        mixer,
        mixerLearningRateRatio);
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

  private static void requireTrainable(MixerInit init, MixerUse use) {
    if (init instanceof MixerInit.Zero && (use == MixerUse.FROZEN || use == MixerUse.FOLDED)) {
      throw new IllegalArgumentException(
          "mixer_init zero cannot be trained with mixer %s: the delta would be zero whatever A and B become"
              .formatted(use.name().toLowerCase(Locale.ROOT)));
    }
  }

  private static void requireDivisible(int rank, MixerInit init) {
    if (init instanceof MixerInit.TwoSubspaces && rank % 2 != 0) {
      throw new IllegalArgumentException(
          "rank must be even for mixer_init two-subspaces, was " + rank);
    }
    if (init instanceof MixerInit.Subspaces subspaces && rank % subspaces.count() != 0) {
      throw new IllegalArgumentException(
          "rank must be divisible by the %d subspaces of mixer_init, was %d"
              .formatted(subspaces.count(), rank));
    }
  }

  private static void requireRatio(MixerUse use, double ratio) {
    if (!(ratio > 0) || Double.isInfinite(ratio)) {
      throw new IllegalArgumentException(
          "mixer_learning_rate_ratio must be positive and finite, was " + ratio);
    }
    if (use == MixerUse.FROZEN || use == MixerUse.FOLDED) {
      throw new IllegalArgumentException(
          "mixer_learning_rate_ratio has no meaning with mixer %s, which is not trained"
              .formatted(use.name().toLowerCase(Locale.ROOT)));
    }
  }
}
