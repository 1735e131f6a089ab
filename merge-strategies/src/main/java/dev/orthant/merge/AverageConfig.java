package dev.orthant.merge;

/**
 * Configuration of {@code average}.
 *
 * @param normalize whether weights are divided by their sum, so that they add up to 1
 */
public record AverageConfig(boolean normalize) {

  /** Normalised weights: with equal ones, the uniform model soup of Wortsman et al. */
  public static AverageConfig defaults() {
    return new AverageConfig(true);
  }
}
