package dev.orthant.eval.files;

import dev.orthant.core.text.Example;
import dev.orthant.core.text.TaskData;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

  private record Row(long line, String textA, @Nullable String textB, String label) {}

  private static List<Row> rows(TaskFiles task, @Nullable Path file) {
    if (file == null) {
      return List.of();
    }
    List<String> columns = new ArrayList<>(List.of(task.textA(), task.label()));
    if (task.textB() != null) {
      columns.add(task.textB());
    }
    RowReader reader = FileFormat.of(file).reader();
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          file + (Files.exists(file) ? ": is not a file" : ": there is no such file"));
    }
    List<Row> rows = new ArrayList<>();
    try {
      reader.read(file, columns, (line, values) -> rows.add(row(line, columns, values)));
    } catch (BadRowException e) {
      throw in(file, e);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + ": is not UTF-8 text", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": cannot be read: " + e.getMessage(), e);
    }
    if (rows.isEmpty()) {
      throw new IllegalArgumentException(file + ": has no rows");
    }
    return rows;
  }

  private static Row row(long line, List<String> columns, List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i).isBlank()) {
        throw new BadRowException(line, "no value in column '%s'".formatted(columns.get(i)));
      }
    }
    return new Row(
        line,
        values.get(0).strip(),
        values.size() > 2 ? values.get(2).strip() : null,
        values.get(1).strip());
  }

  private static List<Example> examples(
      TaskFiles task, @Nullable Path file, List<Row> rows, LabelNames labels) {
    List<Example> examples = new ArrayList<>(rows.size());
    for (Row row : rows) {
      try {
        examples.add(
            new Example(
                row.textA(), row.textB(), labels.label(row.line(), task.label(), row.label())));
      } catch (BadRowException e) {
        throw in(file, e);
      }
    }
    return examples;
  }

  private static IllegalArgumentException in(@Nullable Path file, BadRowException e) {
    return new IllegalArgumentException(file + ": " + e.getMessage(), e);
  }
}
