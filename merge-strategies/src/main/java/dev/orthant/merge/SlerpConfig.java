package dev.orthant.merge;

/**
 * Configuration of {@code slerp}.
 *
 * @param t where between the first input, at 0, and the second, at 1; in [0, 1]
 */
public record SlerpConfig(double t) {

  /** Refuses values out of range. */
  public SlerpConfig {
    if (!(t >= 0 && t <= 1)) {
      throw new IllegalArgumentException("t must be in [0, 1], was " + t);
    }
  }

  /** Halfway; mergekit has no default. */
  public static SlerpConfig defaults() {
    return new SlerpConfig(0.5);
  }
}
