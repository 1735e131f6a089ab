package dev.orthant.core.text;

import java.util.List;

/**
 * The rows of one task.
 *
 * @param name the task's name, {@code [a-z0-9][a-z0-9-]*}; it becomes part of folder names
 * @param labels the names of the classes, by index; empty for a regression
 * @param train rows to train on
 * @param validation rows to choose by
 * @param test rows to report
 */
public record TaskData(
    String name,
    List<String> labels,
    List<Example> train,
    List<Example> validation,
    List<Example> test) {

  /** Copies the lists and refuses labels out of range. */
  public TaskData {
    if (!name.matches("[a-z0-9][a-z0-9-]*")) {
      throw new IllegalArgumentException("a task's name is [a-z0-9][a-z0-9-]*, was '" + name + "'");
    }
    labels = List.copyOf(labels);
    train = checked(name, "train", labels, train);
    validation = checked(name, "validation", labels, validation);
    test = checked(name, "test", labels, test);
  }

  /** Whether the label is a number instead of a class. */
  public boolean isRegression() {
    return labels.isEmpty();
  }

  /** Whether every row to train on is a pair of texts. */
  public boolean isPairs() {
    return train.stream().allMatch(row -> row.textB() != null);
  }

  /** The number of outputs a head needs: one per class, one for a regression. */
  public int outputs() {
    return isRegression() ? 1 : labels.size();
  }

  private static List<Example> checked(
      String task, String split, List<String> labels, List<Example> rows) {
    for (int i = 0; i < rows.size(); i++) {
      float label = rows.get(i).label();
      boolean isClass = label >= 0 && label < labels.size() && label == (int) label;
      if (labels.isEmpty() ? !Float.isFinite(label) : !isClass) {
        throw new IllegalArgumentException(
            "task '%s', %s row %d: label %s is out of range, expected %s"
                .formatted(
                    task,
                    split,
                    i + 1,
                    label,
                    labels.isEmpty()
                        ? "a finite number"
                        : "an index in [0, " + (labels.size() - 1) + "]"));
      }
    }
    return List.copyOf(rows);
  }
}
