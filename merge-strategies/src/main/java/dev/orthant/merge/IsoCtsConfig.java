package dev.orthant.merge;

/**
 * Configuration of {@code iso-cts}.
 *
 * @param commonFraction share of the directions that is taken from the sum, in [0, 1]; the rest is
 *     shared out among the tasks
 * @param lambda what the merged delta is multiplied by; finite
 */
public record IsoCtsConfig(double commonFraction, double lambda) {

  /** Refuses values out of range. */
  public IsoCtsConfig {
    if (!(commonFraction >= 0 && commonFraction <= 1)) {
      throw new IllegalArgumentException(
          "common_fraction must be in [0, 1], was " + commonFraction);
    }
    Range.requireLambda(lambda);
  }

  /** A common share of 0.8, the paper's, and lambda 1, as in FusionBench. */
  public static IsoCtsConfig defaults() {
    return new IsoCtsConfig(0.8, 1);
  }
}
