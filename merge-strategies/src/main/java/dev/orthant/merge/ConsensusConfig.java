package dev.orthant.merge;

/**
 * Configuration of {@code consensus}.
 *
 * @param threshold how many times closer to the sum than to zero a task has to be at an element
 *     that it uses, at least 0
 * @param agreement how many tasks have to use an element that is kept, at least 0
 * @param lambda what the kept elements of the sum are multiplied by; finite
 */
public record ConsensusConfig(double threshold, int agreement, double lambda) {

  /** Refuses values out of range. */
  public ConsensusConfig {
    Range.requireThreshold(threshold);
    if (agreement < 0) {
      throw new IllegalArgumentException("agreement must be at least 0, was " + agreement);
    }
    Range.requireLambda(lambda);
  }

  /**
   * Agreement 2, the paper's: neither what no task uses nor what only one does; threshold 0.4, the
   * middle of what the paper searches; lambda 0.3, as for task arithmetic.
   */
  public static ConsensusConfig defaults() {
    return new ConsensusConfig(0.4, 2, 0.3);
  }
}
