package dev.orthant.merge;

import static java.util.Objects.requireNonNull;

/**
 * Configuration of {@code breadcrumbs-ties}.
 *
 * @param density fraction of each tensor's elements that is kept, in (0, 1]
 * @param gamma fraction of each tensor's elements of greatest magnitude that is dropped, in [0, 1)
 * @param lambda what the merged delta is multiplied by; finite
 * @param merge what is made of the elements that agree with the elected sign
 * @param profile whose rule this is, where implementations differ
 */
public record BreadcrumbsTiesConfig(
    double density,
    double gamma,
    double lambda,
    TiesConfig.Merge merge,
    BreadcrumbsConfig.Profile profile) {

  /** Refuses values out of range. */
  public BreadcrumbsTiesConfig {
    Range.requireDensity(density);
    Range.requireGamma(gamma);
    Range.requireLambda(lambda);
    requireNonNull(merge, "merge");
    requireNonNull(profile, "profile");
  }

  /** Density 0.9 and gamma 0.01, the example of mergekit's guide; lambda 1, that of TIES. */
  public static BreadcrumbsTiesConfig defaults() {
    return new BreadcrumbsTiesConfig(
        0.9, 0.01, 1.0, TiesConfig.Merge.BY_PROFILE, BreadcrumbsConfig.Profile.PAPER);
  }

  ElementwiseRule rule() {
    boolean mergekit = profile == BreadcrumbsConfig.Profile.MERGEKIT;
    DisjointMerge.Reduction own =
        mergekit ? DisjointMerge.Reduction.SUM : DisjointMerge.Reduction.MEAN;
    return new ElementwiseRule(
        BreadcrumbsConfig.sparsifier(density, gamma, profile),
        new DisjointMerge(DisjointMerge.Vote.WEIGHTED, merge.reduction(own, mergekit), 1),
        lambda);
  }
}
