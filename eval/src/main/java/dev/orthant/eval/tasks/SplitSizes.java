package dev.orthant.eval.tasks;

/**
 * How many rows each part of a task has.
 *
 * @param train rows to train on, at least 1
 * @param validation rows to choose by, at least 0
 * @param test rows to report, at least 0
 */
public record SplitSizes(int train, int validation, int test) {

  /** Refuses an empty training part and negative sizes. */
  public SplitSizes {
    if (train < 1 || validation < 0 || test < 0) {
      throw new IllegalArgumentException(
          "rows must be at least 1 for train and 0 for validation and test, were %d, %d and %d"
              .formatted(train, validation, test));
    }
  }
}
