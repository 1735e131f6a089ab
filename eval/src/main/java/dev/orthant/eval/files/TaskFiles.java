package dev.orthant.eval.files;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the rows of a task are and what their columns mean.
 *
 * @param name the task's name, {@code [a-z0-9][a-z0-9-]*}
 * @param train rows to train on
 * @param validation rows to choose by, or null for none
 * @param test rows to report, or null for none
 * @param textA the column of the text, or of the first of a pair
 * @param textB the column of the second of a pair, or null
 * @param label the column of the label
 * @param labels the names of the classes, by index; empty to take the values of the training file,
 *     sorted (as numbers if all are whole numbers)
 * @param regression whether the label is a number to be predicted; then there are no class names
 */
public record TaskFiles(
    String name,
    Path train,
    @Nullable Path validation,
    @Nullable Path test,
    String textA,
    @Nullable String textB,
    String label,
    List<String> labels,
    boolean regression) {

  /** Copies the names of the classes and refuses a class twice and classes of a regression. */
  public TaskFiles {
    labels = List.copyOf(labels);
    if (regression && !labels.isEmpty()) {
      throw new IllegalArgumentException(
          "task '%s' is a regression and has no classes, was given %s".formatted(name, labels));
    }
    if (labels.size() == 1 || new HashSet<>(labels).size() != labels.size()) {
      throw new IllegalArgumentException(
          "task '%s' needs two or more different class names, was given %s"
              .formatted(name, labels));
    }
  }
}
