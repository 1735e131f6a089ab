package dev.orthant.merge;

import static java.util.Objects.requireNonNull;

/**
 * Configuration of {@code della-linear}.
 *
 * @param density mean probability of keeping an element, in (0, 1]
 * @param epsilon how far the probabilities of the smallest and the greatest magnitude are from
 *     density; at least 0, and both stay in (0, 1) unless density is 1
 * @param lambda what the merged delta is multiplied by; finite
 * @param ranks among which elements magnitudes are ranked
 * @param rescale what makes up for the dropped elements
 * @param normalize whether the weights are divided by their sum
 * @param profile whose DELLA this is, where implementations differ
 */
public record DellaLinearConfig(
    double density,
    double epsilon,
    double lambda,
    DellaConfig.Ranks ranks,
    DellaConfig.Rescale rescale,
    boolean normalize,
    DellaConfig.Profile profile) {

  /** Refuses values out of range. */
  public DellaLinearConfig {
    Range.requireDensity(density);
    Range.requireEpsilon(epsilon, density);
    Range.requireLambda(lambda);
    requireNonNull(ranks, "ranks");
    requireNonNull(rescale, "rescale");
    requireNonNull(profile, "profile");
  }

  /** Those of {@code della}, but lambda 0.3 as in task arithmetic, which this is at density 1. */
  public static DellaLinearConfig defaults() {
    return new DellaLinearConfig(
        0.5,
        0.15,
        0.3,
        DellaConfig.Ranks.ROW,
        DellaConfig.Rescale.BY_PROFILE,
        false,
        DellaConfig.Profile.PAPER);
  }

  ElementwiseRule rule(Draws draws) {
    return new ElementwiseRule(
        DellaConfig.sparsifier(
            density, epsilon, ranks, DellaConfig.effective(rescale, profile), draws),
        new LinearCombination(normalize),
        lambda);
  }
}
