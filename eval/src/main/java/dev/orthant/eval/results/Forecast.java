package dev.orthant.eval.results;

import java.util.List;

/**
 * What a merge was expected to keep, before it was made: from the adapters at their first
 * evaluation and the statistics of the base model's features.
 *
 * <p>With d the disturbance of a task's features by the merge of the early adapters ({@link
 * dev.orthant.eval.interference.MergeDisturbance}), {@code 1 / (1 + d^2)} is the part that a task's
 * own change has of all that the merge changes there, if the rest is noise. With s the early
 * adapter's validation score and h that of its head on the untouched base, the merge is expected to
 * keep that part of what the adapter adds: {@code retention = (h + (s - h) / (1 + d^2)) / s}.
 * Nothing is fitted. Of a grid it is the setting with the greatest mean.
 *
 * @param adapter the kind of adapter
 * @param merger the merger's name
 * @param seed of the trainings
 * @param settings of the grid, such as {@code lambda=0.3}; empty for none
 * @param disturbances by task
 * @param retentions by task
 */
public record Forecast(
    String adapter,
    String merger,
    long seed,
    String settings,
    List<Double> disturbances,
    List<Double> retentions) {

  /** Copies the lists. */
  public Forecast {
    disturbances = List.copyOf(disturbances);
    retentions = List.copyOf(retentions);
  }

  /** The retention that is expected of a task; NaN unless the early adapter's score is above 0. */
  public static double retention(double headOnly, double single, double disturbance) {
    return single > 0
        ? (headOnly + (single - headOnly) / (1 + disturbance * disturbance)) / single
        : Double.NaN;
  }

  /** The mean over the tasks. */
  public double meanRetention() {
    return retentions.stream().mapToDouble(r -> r).average().orElse(Double.NaN);
  }
}
