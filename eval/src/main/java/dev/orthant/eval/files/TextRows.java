package dev.orthant.eval.files;

import dev.orthant.core.text.Example;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Texts with labels as a file has them, before labels become classes. */
final class TextRows {

  private TextRows() {}

  /**
   * The columns that rows are made of.
   *
   * @param textA of the text, or of the first of a pair
   * @param textB of the second of a pair, or null
   * @param label of the label
   */
  record Columns(String textA, @Nullable String textB, String label) {

    List<String> names() {
      return textB == null ? List.of(textA, label) : List.of(textA, label, textB);
    }
  }

  /** One row; {@code place} is such as {@code line 3}. */
  record Row(String place, String textA, @Nullable String textB, String label) {

    /** The row of values in the order of the columns' names, stripped. */
    static Row of(String place, List<String> values) {
      return new Row(
          place,
          values.get(0).strip(),
          values.size() > 2 ? values.get(2).strip() : null,
          values.get(1).strip());
    }
  }

  /** All rows of a file, each with a text and a label. */
  static List<Row> read(Path file, Columns columns) {
    List<Row> rows = new ArrayList<>();
    List<String> names = columns.names();
    read(
        file,
        FileFormat.of(file).reader(),
        names,
        (place, values) -> {
          requireValues(place, names, values);
          rows.add(Row.of(place, values));
        });
    if (rows.isEmpty()) {
      throw new IllegalArgumentException(file + ": has no rows");
    }
    return rows;
  }

  /**
   * Reads columns of a file.
   *
   * @throws IllegalArgumentException naming the file, and where it helps the row
   */
  static void read(Path file, RowReader reader, List<String> columns, RowReader.Sink sink) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          file + (Files.exists(file) ? ": is not a file" : ": there is no such file"));
    }
    try {
      reader.read(file, columns, sink);
    } catch (BadRowException e) {
      throw in(file, e);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + ": is not UTF-8 text", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Refuses a row without a value in one of its columns. */
  static void requireValues(String place, List<String> columns, List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i).isBlank()) {
        throw new BadRowException(place, "no value in column '%s'".formatted(columns.get(i)));
      }
    }
  }

  /** The rows with their labels as indices of classes, or as numbers. */
  static List<Example> examples(Path file, String label, List<Row> rows, LabelNames labels) {
    List<Example> examples = new ArrayList<>(rows.size());
    for (Row row : rows) {
      try {
        examples.add(
            new Example(row.textA(), row.textB(), labels.label(row.place(), label, row.label())));
      } catch (BadRowException e) {
        throw in(file, e);
      }
    }
    return examples;
  }

  private static IllegalArgumentException in(Path file, BadRowException e) {
    return new IllegalArgumentException(file + ": " + e.getMessage(), e);
  }
}
