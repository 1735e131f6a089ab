package dev.orthant.core.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/** {@code metrics.jsonl}: one JSON object a line, in the order of the log history. */
final class MetricsLog {

  static final String NAME = "metrics.jsonl";

  private final ObjectMapper json = new ObjectMapper();
  private final Path file;

  MetricsLog(Path file) {
    this.file = file;
  }

  /** Begins the file anew with these records: none, or those of the checkpoint resumed from. */
  void restart(List<Map<String, Object>> history) {
    StringBuilder lines = new StringBuilder();
    history.forEach(entry -> lines.append(line(entry)));
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  void append(Map<String, Object> entry) {
    try {
      Files.writeString(file, line(entry), StandardOpenOption.APPEND, StandardOpenOption.CREATE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  private String line(Map<String, Object> entry) {
    try {
      return json.writeValueAsString(entry) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
