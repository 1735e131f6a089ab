package dev.orthant.eval.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tab-separated rows without quoting. */
final class TsvRows implements RowReader {

  @Override
  public void read(Path file, List<String> columns, Sink sink) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      Header header = null;
      long number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (number == 1 && line.startsWith("\ufeff")) {
          line = line.substring(1);
        }
        if (!line.isBlank()) {
          header = take(number, List.of(line.split("\t", -1)), header, columns, sink);
        }
      }
    }
  }

  private static Header take(
      long number, List<String> fields, @Nullable Header header, List<String> columns, Sink sink) {
    if (header == null) {
      return Header.find(number, columns, fields.stream().map(String::strip).toList());
    }
    sink.row(number, header.values(number, fields));
    return header;
  }
}
