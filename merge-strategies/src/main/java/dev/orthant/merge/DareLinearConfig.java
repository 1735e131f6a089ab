package dev.orthant.merge;

import static java.util.Objects.requireNonNull;

/**
 * Configuration of {@code dare-linear}.
 *
 * @param density probability of keeping an element, in (0, 1]; the paper's drop rate is 1 - density
 * @param lambda what the merged delta is multiplied by; finite
 * @param rescale what makes up for the dropped elements
 * @param normalize whether the weights are divided by their sum
 * @param profile whose DARE this is, where implementations differ
 */
public record DareLinearConfig(
    double density,
    double lambda,
    DareConfig.Rescale rescale,
    boolean normalize,
    DareConfig.Profile profile) {

  /** Refuses values out of range. */
  public DareLinearConfig {
    Range.requireDensity(density);
    Range.requireLambda(lambda);
    requireNonNull(rescale, "rescale");
    requireNonNull(profile, "profile");
  }

  /** Density 0.5 and lambda 0.3, FusionBench's defaults; weights as they are, as in the paper. */
  public static DareLinearConfig defaults() {
    return new DareLinearConfig(
        0.5, 0.3, DareConfig.Rescale.BY_PROFILE, false, DareConfig.Profile.PAPER);
  }

  ElementwiseRule rule(Draws draws) {
    return new ElementwiseRule(
        DareConfig.sparsifier(density, DareConfig.effective(rescale, profile), draws),
        new LinearCombination(normalize),
        lambda);
  }
}
