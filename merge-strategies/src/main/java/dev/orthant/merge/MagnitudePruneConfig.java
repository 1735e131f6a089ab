package dev.orthant.merge;

/**
 * Configuration of {@code magnitude-prune}.
 *
 * @param density fraction of each tensor's elements that is kept, in (0, 1]
 * @param lambda what the merged delta is multiplied by; finite
 */
public record MagnitudePruneConfig(double density, double lambda) {

  /** Refuses values out of range. */
  public MagnitudePruneConfig {
    Range.requireDensity(density);
    Range.requireLambda(lambda);
  }

  /** Density 0.2, that of TIES; lambda 0.3 as in task arithmetic, which this is at density 1. */
  public static MagnitudePruneConfig defaults() {
    return new MagnitudePruneConfig(0.2, 0.3);
  }
}
