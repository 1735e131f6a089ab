package dev.orthant.merge;

/**
 * Configuration of {@code tall-masks}.
 *
 * @param threshold how many times closer to the merged delta than to zero a task has to be at an
 *     element that it uses, at least 0; greater values give sparser masks
 * @param lambda what the sum of the deltas is multiplied by; finite
 */
public record TallMasksConfig(double threshold, double lambda) {

  /** Refuses values out of range. */
  public TallMasksConfig {
    Range.requireThreshold(threshold);
    Range.requireLambda(lambda);
  }

  /** Threshold 0.4, the middle of what the paper searches (0.2 to 0.6); lambda 1, the sum. */
  public static TallMasksConfig defaults() {
    return new TallMasksConfig(0.4, 1);
  }
}
