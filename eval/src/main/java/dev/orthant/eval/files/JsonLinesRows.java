package dev.orthant.eval.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One JSON object a line. Numbers, and true and false, are taken as they are written. */
final class JsonLinesRows implements RowReader {

  private final ObjectReader json =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  @Override
  public void read(Path file, List<String> columns, Sink sink) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      long number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (!line.isBlank()) {
          String place = "line " + number;
          sink.row(place, values(place, line, columns));
        }
      }
    }
  }

  private List<String> values(String place, String line, List<String> columns) {
    JsonNode object;
    try {
      object = json.readValue(line.startsWith("\ufeff") ? line.substring(1) : line);
    } catch (JsonProcessingException e) {
      throw new BadRowException(place, "is not JSON: " + e.getOriginalMessage());
    }
    if (!object.isObject()) {
      throw new BadRowException(place, "is not a JSON object, was " + object.getNodeType());
    }
    List<String> values = new ArrayList<>(columns.size());
    for (String column : columns) {
      JsonNode value = object.get(column);
      if (value == null) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        throw Header.missing(place, column, names);
      }
      if (value.isContainerNode()) {
        throw new BadRowException(
            place, "'%s' must be text or a number, was %s".formatted(column, value));
      }
      values.add(value.isNull() ? "" : value.asText());
    }
    return values;
  }
}
