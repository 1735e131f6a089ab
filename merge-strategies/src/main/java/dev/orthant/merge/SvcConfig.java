package dev.orthant.merge;

/**
 * Configuration of {@code svc}.
 *
 * @param alpha the least that a task's coefficient counts, in (0, 1]; a direction is enlarged by at
 *     most 1 / alpha
 */
public record SvcConfig(double alpha) {

  /** Refuses values out of range. */
  public SvcConfig {
    if (!(alpha > 0 && alpha <= 1)) {
      throw new IllegalArgumentException("alpha must be in (0, 1], was " + alpha);
    }
  }

  /** Alpha 1, as in FusionBench: directions are only ever made smaller. */
  public static SvcConfig defaults() {
    return new SvcConfig(1);
  }
}
