package dev.orthant.merge;

import static java.util.Objects.requireNonNull;

/**
 * Configuration of {@code adamerging}.
 *
 * @param granularity what has a coefficient of its own
 * @param initial what every coefficient starts from, times the input's weight; finite
 * @param learningRate of Adam; positive
 * @param steps of Adam, at least 1
 * @param batchSize examples of each task in a step, at least 1
 * @param clamp whether coefficients are kept in [0, 1]
 */
public record AdaMergingConfig(
    Granularity granularity,
    double initial,
    double learningRate,
    int steps,
    int batchSize,
    boolean clamp) {

  /** What has a coefficient of its own. */
  public enum Granularity {
    /** Every tensor of every input: layer-wise AdaMerging. */
    TENSOR,
    /** Every input: task-wise AdaMerging. */
    TASK
  }

  /** Refuses values out of range. */
  public AdaMergingConfig {
    requireNonNull(granularity, "granularity");
    if (!Double.isFinite(initial)) {
      throw new IllegalArgumentException("initial must be finite, was " + initial);
    }
    Range.requirePositive("learning_rate", learningRate);
    Range.requireAtLeastOne("steps", steps);
    Range.requireAtLeastOne("batch_size", batchSize);
  }

  /**
   * Layer-wise, the better of the paper's two, from 0.3, 500 steps of Adam at 1e-3 with 16 examples
   * of each task, clamped: all as in the authors' code.
   */
  public static AdaMergingConfig defaults() {
    return new AdaMergingConfig(Granularity.TENSOR, 0.3, 1e-3, 500, 16, true);
  }
}
