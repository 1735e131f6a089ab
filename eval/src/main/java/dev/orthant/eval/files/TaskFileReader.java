package dev.orthant.eval.files;

import dev.orthant.core.text.Example;
import dev.orthant.core.text.TaskData;
import dev.orthant.eval.files.TextRows.Row;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a task from the user's files, which are UTF-8.
 *
 * <p>Every row needs a text and a label; the first row that has none, or has a label that is not in
 * the list, stops the reading with the file, the line and the value. A label that is no name of the
 * list but a whole number is taken as an index of it, as the files of GLUE have them.
 */
public final class TaskFileReader {

  private TaskFileReader() {}

  /**
   * The rows of all files of a task, in their order.
   *
   * @throws IllegalArgumentException naming the file, and where it helps the line, the value and
   *     what would be right: a file that is missing, unreadable, empty or of an unknown format, a
   *     column that does not exist, a value that is missing, a label that is not in the list
   */
  public static TaskData read(TaskFiles task) {
    List<Row> train = rows(task, task.train());
    List<Row> validation = rows(task, task.validation());
    List<Row> test = rows(task, task.test());
    List<String> names = task.labels();
    if (names.isEmpty() && !task.regression()) {
      names = LabelNames.inferred(train.stream().map(Row::label).collect(Collectors.toSet()));
      if (names.size() < 2) {
        throw new IllegalArgumentException(
            "%s: column '%s' has one class only, %s; a task needs two, or must be a regression"
                .formatted(task.train(), task.label(), names));
      }
    }
    LabelNames labels = new LabelNames(names, task.regression());
    return new TaskData(
        task.name(),
        names,
        examples(task, task.train(), train, labels),
        examples(task, task.validation(), validation, labels),
        examples(task, task.test(), test, labels));
  }

  private static List<Row> rows(TaskFiles task, @Nullable Path file) {
    return file == null
        ? List.of()
        : TextRows.read(file, new TextRows.Columns(task.textA(), task.textB(), task.label()));
  }

  private static List<Example> examples(
      TaskFiles task, @Nullable Path file, List<Row> rows, LabelNames labels) {
    return file == null ? List.of() : TextRows.examples(file, task.label(), rows, labels);
  }
}
