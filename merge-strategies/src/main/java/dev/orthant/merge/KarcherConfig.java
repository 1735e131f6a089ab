package dev.orthant.merge;

/**
 * Configuration of {@code karcher}.
 *
 * @param maxIter greatest number of steps, at least 1
 * @param tol length of a step, an angle, at which it stops; above 0
 */
public record KarcherConfig(int maxIter, double tol) {

  /** Refuses values out of range. */
  public KarcherConfig {
    if (maxIter < 1) {
      throw new IllegalArgumentException("max_iter must be at least 1, was " + maxIter);
    }
    Range.requirePositive("tol", tol);
  }

  /** mergekit's. */
  public static KarcherConfig defaults() {
    return new KarcherConfig(10, 1e-5);
  }
}
