package dev.orthant.merge;

/**
 * Configuration of {@code ramplus-tl}.
 *
 * @param r how strongly the ratio of shared to unique elements amplifies the unique ones; at least
 *     0
 * @param alpha greatest ratio that counts, at least 0
 * @param epsilon magnitude that an element must exceed to count as changed; at least 0
 */
public record RamplusTlConfig(double r, double alpha, double epsilon) {

  /** Refuses values out of range. */
  public RamplusTlConfig {
    Range.requireNotNegative("r", r);
    Range.requireNotNegative("alpha", alpha);
    Range.requireNotNegative("epsilon", epsilon);
  }

  /** mergekit's. */
  public static RamplusTlConfig defaults() {
    return new RamplusTlConfig(0.1, 0.2, 1e-5);
  }
}
