package dev.orthant.core.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One task: either a {@code source} by name, or files.
 *
 * @param name {@code [a-z0-9][a-z0-9-]*}; it becomes part of folder names
 * @param source such as {@code package:acceptability}
 * @param train the file of the rows to train on
 * @param validation the file of the rows to choose by
 * @param test the file of the rows to report
 * @param textA the column of the text
 * @param textB the column of the second text of a pair
 * @param label the column of the label
 * @param labels the names of the classes, by index; empty to take them from the source
 * @param regression whether the label is a number
 * @param metric the metric to report; the source's own if absent
 * @param trainRows how many rows to train on; all if absent
 * @param validationRows how many rows to choose by; all if absent
 * @param testRows how many rows to report; all if absent
 */
public record TaskSpec(
    String name,
    @Nullable String source,
    @Nullable Path train,
    @Nullable Path validation,
    @Nullable Path test,
    @Nullable String textA,
    @Nullable String textB,
    @Nullable String label,
    @Default("[]") List<String> labels,
    @Default("false") boolean regression,
    @Nullable String metric,
    @Nullable Integer trainRows,
    @Nullable Integer validationRows,
    @Nullable Integer testRows) {

  /** Refuses illegal names, both or neither of source and files, and row counts below one. */
  public TaskSpec {
    SpecNames.check(name);
    labels = List.copyOf(labels);
    boolean files = train != null || validation != null || test != null;
    if ((source != null) == files) {
      throw new IllegalArgumentException(
          "a task needs either a source or files (train, validation, test), and has "
              + (files ? "both" : "neither"));
    }
    if (regression && !labels.isEmpty()) {
      throw new IllegalArgumentException("labels must be empty for a regression, was " + labels);
    }
    checkRows("train_rows", trainRows);
    checkRows("validation_rows", validationRows);
    checkRows("test_rows", testRows);
  }

  private static void checkRows(String key, @Nullable Integer rows) {
    if (rows != null && rows < 1) {
      throw new IllegalArgumentException(key + " must be at least 1, was " + rows);
    }
  }
}
