package dev.orthant.merge;

/**
 * Configuration of {@code robust-merge}.
 *
 * @param density fraction of each factor that is kept, in (0, 1]
 * @param quantile of an adapter's scales below which none may be, in [0, 1)
 * @param coefficient what both factors are multiplied by; finite
 */
public record RobustMergeConfig(double density, double quantile, double coefficient) {

  /** Refuses values out of range. */
  public RobustMergeConfig {
    Range.requireDensity(density);
    if (!(quantile >= 0 && quantile < 1)) {
      throw new IllegalArgumentException("quantile must be in [0, 1), was " + quantile);
    }
    if (!Double.isFinite(coefficient)) {
      throw new IllegalArgumentException("coefficient must be finite, was " + coefficient);
    }
  }

  /** Density 0.2, quantile 0.8 and coefficient 2, as in the authors' code. */
  public static RobustMergeConfig defaults() {
    return new RobustMergeConfig(0.2, 0.8, 2);
  }
}
