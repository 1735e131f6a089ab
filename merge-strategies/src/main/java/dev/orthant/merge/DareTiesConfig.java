package dev.orthant.merge;

import static java.util.Objects.requireNonNull;

/**
 * Configuration of {@code dare-ties}.
 *
 * @param density probability of keeping an element, in (0, 1]; the paper's drop rate is 1 - density
 * @param lambda what the merged delta is multiplied by; finite
 * @param rescale what makes up for the dropped elements
 * @param merge what is made of the elements that agree with the elected sign
 * @param profile whose rule this is, where implementations differ
 */
public record DareTiesConfig(
    double density,
    double lambda,
    DareConfig.Rescale rescale,
    TiesConfig.Merge merge,
    DareConfig.Profile profile) {

  /** Refuses values out of range. */
  public DareTiesConfig {
    Range.requireDensity(density);
    Range.requireLambda(lambda);
    requireNonNull(rescale, "rescale");
    requireNonNull(merge, "merge");
    requireNonNull(profile, "profile");
  }

  /** Density 0.5, FusionBench's default, and lambda 1, that of TIES. */
  public static DareTiesConfig defaults() {
    return new DareTiesConfig(
        0.5,
        1.0,
        DareConfig.Rescale.BY_PROFILE,
        TiesConfig.Merge.BY_PROFILE,
        DareConfig.Profile.PAPER);
  }

  ElementwiseRule rule(Draws draws) {
    return new ElementwiseRule(
        DareConfig.sparsifier(density, DareConfig.effective(rescale, profile), draws),
        combination(profile, merge),
        lambda);
  }

  static Combination combination(DareConfig.Profile profile, TiesConfig.Merge merge) {
    DisjointMerge.Reduction own =
        switch (profile) {
          case PAPER -> DisjointMerge.Reduction.MEAN;
          case MERGEKIT -> DisjointMerge.Reduction.SUM;
          case PEFT -> DisjointMerge.Reduction.MEAN_BY_COUNT;
        };
    return new DisjointMerge(
        profile == DareConfig.Profile.PEFT
            ? DisjointMerge.Vote.UNWEIGHTED
            : DisjointMerge.Vote.WEIGHTED,
        merge.reduction(own, profile == DareConfig.Profile.MERGEKIT),
        1);
  }
}
