package dev.orthant.core.text;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a {@link TaskFactory}.
 *
 * @param name what the task is to be called
 * @param seed what a choice of rows is drawn with
 * @param trainRows how many rows to train on, or null for the source's own number
 * @param validationRows how many rows to choose by, or null for the source's own number
 * @param testRows how many rows to report, or null for the source's own number
 */
public record TaskRequest(
    String name,
    long seed,
    @Nullable Integer trainRows,
    @Nullable Integer validationRows,
    @Nullable Integer testRows) {

  /** Refuses numbers of rows below one. */
  public TaskRequest {
    for (Integer rows : Arrays.asList(trainRows, validationRows, testRows)) {
      if (rows != null && rows < 1) {
        throw new IllegalArgumentException("rows must be at least 1, was " + rows);
      }
    }
  }

  /** As many rows as the source has. */
  public static TaskRequest of(String name, long seed) {
    return new TaskRequest(name, seed, null, null, null);
  }

  /** {@link #trainRows}, or what a source takes by itself. */
  public int trainRowsOr(int otherwise) {
    return orElse(trainRows, otherwise);
  }

  /** {@link #validationRows}, or what a source takes by itself. */
  public int validationRowsOr(int otherwise) {
    return orElse(validationRows, otherwise);
  }

  /** {@link #testRows}, or what a source takes by itself. */
  public int testRowsOr(int otherwise) {
    return orElse(testRows, otherwise);
  }

  private static int orElse(@Nullable Integer value, int otherwise) {
    return value == null ? otherwise : value;
  }
}
