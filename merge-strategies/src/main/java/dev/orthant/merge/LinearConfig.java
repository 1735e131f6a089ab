package dev.orthant.merge;

/**
 * Configuration of {@code linear}.
 *
 * @param normalize whether weights are divided by their sum, so that they add up to 1
 */
public record LinearConfig(boolean normalize) {

  /** Normalised weights: mergekit's default, and with equal ones the uniform model soup. */
  public static LinearConfig defaults() {
    return new LinearConfig(true);
  }
}
