package dev.orthant.merge;

import static java.util.Objects.requireNonNull;

/**
 * Configuration of {@code breadcrumbs}.
 *
 * @param density fraction of each tensor's elements that is kept, in (0, 1]
 * @param gamma fraction of each tensor's elements of greatest magnitude that is dropped, in [0, 1)
 * @param lambda what the merged delta is multiplied by; finite
 * @param normalize whether the weights are divided by their sum
 * @param profile whose masks these are, where implementations differ
 */
public record BreadcrumbsConfig(
    double density, double gamma, double lambda, boolean normalize, Profile profile) {

  /** Whose masks. */
  public enum Profile {
    /** The paper's: both tails of each tensor's magnitudes are dropped. */
    PAPER,
    /** mergekit's: as the paper's, but tensors too small to have an outlier are dropped whole. */
    MERGEKIT
  }

  /** Refuses values out of range. */
  public BreadcrumbsConfig {
    Range.requireDensity(density);
    Range.requireGamma(gamma);
    Range.requireLambda(lambda);
    requireNonNull(profile, "profile");
  }

  /**
   * Density 0.9 and gamma 0.01, the example of mergekit's guide; lambda 0.3 as in task arithmetic,
   * which this is at density 1.
   */
  public static BreadcrumbsConfig defaults() {
    return new BreadcrumbsConfig(0.9, 0.01, 0.3, false, Profile.PAPER);
  }

  ElementwiseRule rule() {
    return new ElementwiseRule(
        sparsifier(density, gamma, profile), new LinearCombination(normalize), lambda);
  }

  static Sparsifier sparsifier(double density, double gamma, Profile profile) {
    return density == 1
        ? Sparsifier.NONE
        : new OutlierTrim(density, gamma, profile == Profile.MERGEKIT);
  }
}
