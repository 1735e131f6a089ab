package dev.orthant.merge;

/**
 * Configuration of {@code ram}.
 *
 * @param epsilon magnitude that an element must exceed to count as changed; at least 0
 */
public record RamConfig(double epsilon) {

  /** Refuses values out of range. */
  public RamConfig {
    Range.requireNotNegative("epsilon", epsilon);
  }

  /** mergekit's. */
  public static RamConfig defaults() {
    return new RamConfig(1e-5);
  }
}
