package dev.orthant.core.config;

import dev.orthant.core.features.StatisticsSource.Unit;
import java.nio.file.Path;
import java.util.List;

/**
 * How results are measured.
 *
 * @param batchSize texts in a batch; changes the speed, not the results beyond rounding
 * @param linearProbe whether to measure the base model with nothing but a trained head, the floor
 *     that adapters are compared with
 * @param statisticsRows training rows of each task that feature statistics are taken from
 * @param statisticsOf what counts as one feature vector: every token, or the mean of an example
 * @param otherStatistics statistics files of further tasks, which constraints take for other tasks
 *     of every task of this run
 * @param comparisons pairs of adapters that a suite compares beside each adapter with the first
 * @param controls what a suite measures beside adapters and mergers
 * @param forecast whether to forecast what merges keep from how adapters were early in training
 */
public record EvaluationSpec(
    int batchSize,
    boolean linearProbe,
    int statisticsRows,
    Unit statisticsOf,
    List<Path> otherStatistics,
    List<Comparison> comparisons,
    List<Control> controls,
    boolean forecast) {

  /**
   * Two adapters to compare.
   *
   * @param adapter the name of one
   * @param against the name of the other
   */
  public record Comparison(String adapter, String against) {}

  /** Refuses numbers below one. */
  public EvaluationSpec {
    otherStatistics = List.copyOf(otherStatistics);
    comparisons = List.copyOf(comparisons);
    controls = controls.stream().distinct().sorted().toList();
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch_size must be at least 1, was " + batchSize);
    }
    if (statisticsRows < 1) {
      throw new IllegalArgumentException(
          "statistics_rows must be at least 1, was " + statisticsRows);
    }
  }

  /**
   * Batches of 64, a linear probe, statistics of the tokens of 100 rows, no controls, no forecast.
   */
  public static EvaluationSpec defaults() {
    return new EvaluationSpec(64, true, 100, Unit.TOKENS, List.of(), List.of(), List.of(), false);
  }
}
