package dev.orthant.eval.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tab-separated rows without quoting. */
final class TsvRows implements RowReader {

  private final List<String> names;
  private final boolean skipsShortRows;

  /** Rows after a line with the columns' names, none of them too short. */
  TsvRows() {
    this(List.of(), false);
  }

  /**
   * @param names of the columns of a file that has no line with them; empty for one that has
   * @param skipsShortRows whether rows that lack one of the columns asked for are left out
   */
  TsvRows(List<String> names, boolean skipsShortRows) {
    this.names = List.copyOf(names);
    this.skipsShortRows = skipsShortRows;
  }

  @Override
  public void read(Path file, List<String> columns, Sink sink) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      Header header = names.isEmpty() ? null : Header.find("line 1", columns, names);
      long number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (number == 1 && line.startsWith("\ufeff")) {
          line = line.substring(1);
        }
        if (!line.isBlank()) {
          header = take("line " + number, List.of(line.split("\t", -1)), header, columns, sink);
        }
      }
    }
  }

  private Header take(
      String place, List<String> fields, @Nullable Header header, List<String> columns, Sink sink) {
    if (header == null) {
      return Header.find(place, columns, fields.stream().map(String::strip).toList());
    }
    if (!skipsShortRows || header.covers(fields)) {
      sink.row(place, header.values(place, fields));
    }
    return header;
  }
}
