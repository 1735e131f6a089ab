package dev.orthant.eval.files;

import dev.orthant.core.text.Example;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads texts, or pairs of texts, without labels from a user's file, which is UTF-8. */
public final class TextFileReader {

  private TextFileReader() {}

  /**
   * The texts of all rows in their order, with a label of 0.
   *
   * @param textA the column of the text, or of the first of a pair
   * @param textB the column of the second of a pair, or null
   * @throws IllegalArgumentException naming the file, and where it helps the line: a file that is
   *     missing, unreadable, empty or of an unknown format, a column that does not exist, a value
   *     that is missing
   */
  public static List<Example> read(Path file, String textA, @Nullable String textB) {
    List<String> columns = textB == null ? List.of(textA) : List.of(textA, textB);
    List<Example> examples = new ArrayList<>();
    TextRows.read(
        file,
        FileFormat.of(file).reader(),
        columns,
        (place, values) -> {
          TextRows.requireValues(place, columns, values);
          String second = values.size() > 1 ? values.get(1).strip() : null;
          examples.add(new Example(values.get(0).strip(), second, 0));
        });
    if (examples.isEmpty()) {
      throw new IllegalArgumentException(file + ": has no rows");
    }
    return examples;
  }
}
