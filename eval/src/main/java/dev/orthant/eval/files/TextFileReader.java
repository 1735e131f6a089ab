package dev.orthant.eval.files;

import dev.orthant.core.text.Example;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
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
    RowReader reader = FileFormat.of(file).reader();
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          file + (Files.exists(file) ? ": is not a file" : ": there is no such file"));
    }
    List<String> columns = textB == null ? List.of(textA) : List.of(textA, textB);
    List<Example> examples = new ArrayList<>();
    try {
      reader.read(file, columns, (line, values) -> examples.add(example(line, columns, values)));
    } catch (BadRowException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + ": is not UTF-8 text", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": cannot be read: " + e.getMessage(), e);
    }
    if (examples.isEmpty()) {
      throw new IllegalArgumentException(file + ": has no rows");
    }
    return examples;
  }

  private static Example example(long line, List<String> columns, List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i).isBlank()) {
        throw new BadRowException(line, "no value in column '%s'".formatted(columns.get(i)));
      }
    }
    return new Example(values.get(0).strip(), values.size() > 1 ? values.get(1).strip() : null, 0);
  }
}
