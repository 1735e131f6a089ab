package dev.orthant.eval.results;

import dev.orthant.eval.metrics.Difference;

/**
 * What a merged adapter got on one task.
 *
 * @param task the task
 * @param metric the metric's name
 * @param score the merged adapter's score
 * @param standardError of the score over the rows; NaN for fewer than two
 * @param single the score of the task's own adapter
 * @param overSingle score - single, with its standard error over the rows
 */
public record MergedTask(
    String task,
    String metric,
    double score,
    double standardError,
    double single,
    Difference overSingle) {

  /** The share of the single-task score that the merge kept; NaN unless that is above 0. */
  public double retention() {
    return single > 0 ? score / single : Double.NaN;
  }
}
