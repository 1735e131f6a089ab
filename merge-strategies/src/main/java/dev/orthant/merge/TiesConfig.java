package dev.orthant.merge;

import static java.util.Objects.requireNonNull;

/**
 * Configuration of {@code ties}.
 *
 * @param density fraction of each delta that is kept, in (0, 1]
 * @param lambda what the merged delta is multiplied by; finite
 * @param profile whose TIES this is, where implementations differ
 * @param merge what is made of the elements that agree with the elected sign
 */
public record TiesConfig(double density, double lambda, Profile profile, Merge merge) {

  /** Whose TIES. */
  public enum Profile {
    /**
     * The paper's and its repository's: trimmed over the whole model, keeping all elements of at
     * least the threshold; where votes cancel out, the sign of the majority of all elements; mean.
     */
    PAPER,
    /** mergekit's: trimmed per tensor to exact counts; cancelled votes are positive; mean. */
    MERGEKIT,
    /**
     * PEFT's: trimmed per tensor to exact counts; weights have no say in the vote; cancelled votes
     * are positive; the weighted sum divided by the number of agreeing inputs.
     */
    PEFT,
    /** FusionBench's: as the paper's, but the agreeing elements are summed. */
    FUSIONBENCH
  }

  /** What is made of the agreeing elements. */
  public enum Merge {
    /** What the profile does. */
    BY_PROFILE,
    /** Their weighted mean. */
    MEAN,
    /** Their weighted sum. */
    SUM,
    /** The one of greatest magnitude. */
    MAX;

    /**
     * What is done.
     *
     * @param own what the profile does
     * @param signed whether means are divided by the sum of the weights, as mergekit has it, rather
     *     than by that of their magnitudes
     */
    DisjointMerge.Reduction reduction(DisjointMerge.Reduction own, boolean signed) {
      return switch (this) {
        case BY_PROFILE -> own;
        case MEAN -> signed ? DisjointMerge.Reduction.MEAN_BY_SUM : DisjointMerge.Reduction.MEAN;
        case SUM -> DisjointMerge.Reduction.SUM;
        case MAX -> DisjointMerge.Reduction.MAX;
      };
    }
  }

  /** Refuses values out of range. */
  public TiesConfig {
    Range.requireDensity(density);
    Range.requireLambda(lambda);
    requireNonNull(profile, "profile");
    requireNonNull(merge, "merge");
  }

  /** Density 0.2 and lambda 1, the paper's recipe when nothing can be tuned (section 4). */
  public static TiesConfig defaults() {
    return new TiesConfig(0.2, 1.0, Profile.PAPER, Merge.BY_PROFILE);
  }

  DisjointMerge disjointMerge(int signOfZero) {
    DisjointMerge.Vote vote =
        profile == Profile.PEFT ? DisjointMerge.Vote.UNWEIGHTED : DisjointMerge.Vote.WEIGHTED;
    return new DisjointMerge(vote, reduction(), signOfZero);
  }

  boolean isOverModel() {
    return profile == Profile.PAPER || profile == Profile.FUSIONBENCH;
  }

  private DisjointMerge.Reduction reduction() {
    DisjointMerge.Reduction own =
        switch (profile) {
          case PAPER -> DisjointMerge.Reduction.MEAN;
          case MERGEKIT -> DisjointMerge.Reduction.MEAN_BY_SUM;
          case PEFT -> DisjointMerge.Reduction.MEAN_BY_COUNT;
          case FUSIONBENCH -> DisjointMerge.Reduction.SUM;
        };
    return merge.reduction(own, profile == Profile.MERGEKIT);
  }
}
