package dev.orthant.eval.files;

import dev.orthant.core.text.PromptTemplate;
import dev.orthant.core.text.Prompted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads prompts and completions from a user's file, which is UTF-8. */
public final class PromptFileReader {

  private PromptFileReader() {}

  /**
   * The template, filled with each row in its order. Values are taken as they are, white space
   * included, and may be empty.
   *
   * @throws IllegalArgumentException naming the file, and where it helps the line: a file that is
   *     missing, unreadable, empty or of an unknown format, a column that does not exist, a
   *     completion without text
   */
  public static List<Prompted> read(Path file, PromptTemplate template) {
    List<String> columns = template.columns();
    List<Prompted> rows = new ArrayList<>();
    TextRows.read(
        file,
        FileFormat.of(file).reader(),
        columns,
        (place, values) -> {
          Map<String, String> row = new LinkedHashMap<>();
          for (int i = 0; i < columns.size(); i++) {
            row.put(columns.get(i), values.get(i));
          }
          Prompted prompted = template.fill(row);
          if (prompted.completion().isBlank()) {
            throw new BadRowException(place, "the completion has no text");
          }
          rows.add(prompted);
        });
    if (rows.isEmpty()) {
      throw new IllegalArgumentException(file + ": has no rows");
    }
    return rows;
  }
}
