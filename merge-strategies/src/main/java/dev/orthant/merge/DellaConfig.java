package dev.orthant.merge;

import static java.util.Objects.requireNonNull;

/**
 * Configuration of {@code della}.
 *
 * @param density mean probability of keeping an element, in (0, 1]
 * @param epsilon how far the probabilities of the smallest and the greatest magnitude are from
 *     density; at least 0, and both stay in (0, 1) unless density is 1
 * @param lambda what the merged delta is multiplied by; finite
 * @param ranks among which elements magnitudes are ranked
 * @param rescale what makes up for the dropped elements
 * @param merge what is made of the elements that agree with the elected sign
 * @param profile whose DELLA this is, where implementations differ
 */
public record DellaConfig(
    double density,
    double epsilon,
    double lambda,
    Ranks ranks,
    Rescale rescale,
    TiesConfig.Merge merge,
    Profile profile) {

  /** Among which elements magnitudes are ranked. */
  public enum Ranks {
    /** Those of the same row; a vector is one row. */
    ROW,
    /** All of the tensor. */
    TENSOR
  }

  /** What makes up for the dropped elements. */
  public enum Rescale {
    /** What the profile does. */
    BY_PROFILE,
    /** Kept elements are divided by their own probability, so that the expectation stays. */
    INVERSE_PROBABILITY,
    /** Kept elements are scaled so that the sum of magnitudes of the tensor stays. */
    L1,
    /** Nothing. */
    NONE
  }

  /** Whose DELLA. */
  public enum Profile {
    /** The paper's: kept elements are divided by their probability. */
    PAPER,
    /** mergekit's: the sum of magnitudes is kept; means are divided by the sum of the weights. */
    MERGEKIT
  }

  /** Refuses values out of range. */
  public DellaConfig {
    Range.requireDensity(density);
    Range.requireEpsilon(epsilon, density);
    Range.requireLambda(lambda);
    requireNonNull(ranks, "ranks");
    requireNonNull(rescale, "rescale");
    requireNonNull(merge, "merge");
    requireNonNull(profile, "profile");
  }

  /**
   * Density 0.5, that of DARE here; epsilon 0.15 and lambda 1, mergekit's defaults; ranks by row,
   * as in the paper's MagPrune.
   */
  public static DellaConfig defaults() {
    return new DellaConfig(
        0.5, 0.15, 1.0, Ranks.ROW, Rescale.BY_PROFILE, TiesConfig.Merge.BY_PROFILE, Profile.PAPER);
  }

  ElementwiseRule rule(Draws draws) {
    boolean mergekit = profile == Profile.MERGEKIT;
    DisjointMerge.Reduction own =
        mergekit ? DisjointMerge.Reduction.MEAN_BY_SUM : DisjointMerge.Reduction.MEAN;
    return new ElementwiseRule(
        sparsifier(density, epsilon, ranks, effective(rescale, profile), draws),
        new DisjointMerge(DisjointMerge.Vote.WEIGHTED, merge.reduction(own, mergekit), 1),
        lambda);
  }

  static Rescale effective(Rescale rescale, Profile profile) {
    if (rescale != Rescale.BY_PROFILE) {
      return rescale;
    }
    return profile == Profile.MERGEKIT ? Rescale.L1 : Rescale.INVERSE_PROBABILITY;
  }

  static Sparsifier sparsifier(
      double density, double epsilon, Ranks ranks, Rescale rescale, Draws draws) {
    if (density == 1) {
      return Sparsifier.NONE;
    }
    Sparsifier drop =
        new RandomDrop(
            new MagnitudeRanks(density, epsilon, ranks == Ranks.TENSOR),
            draws,
            rescale == Rescale.INVERSE_PROBABILITY);
    return rescale == Rescale.L1 ? new KeepL1(drop, true) : drop;
  }
}
