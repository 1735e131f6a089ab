package dev.orthant.core.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Reads text into trees; whatever is wrong with it is told with line and column. */
final class ConfigText {

  private final ObjectMapper yaml =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS) // yes, no, on, off
          .build();
  private final ObjectMapper json =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  JsonNode read(Path file) {
    try {
      return parse(Files.readString(file), file.toString());
    } catch (NoSuchFileException e) {
      throw failure(file.toString(), "there is no such file");
    } catch (IOException e) {
      throw failure(file.toString(), "cannot be read: " + e);
    }
  }

  /** The tree of a YAML or JSON text; an empty mapping for an empty text. */
  JsonNode parse(String text, String source) {
    boolean isJson = source.endsWith(".json") || isJsonObject(text);
    try {
      if (!isJson) {
        refuseAliases(text, source);
      }
      JsonNode root = (isJson ? json : yaml).readTree(text);
      return root == null || root.isMissingNode() || root.isNull() ? json.createObjectNode() : root;
    } catch (MismatchedInputException e) {
      throw failure(
          source, where(e.getLocation()) + "expected the end, nothing may follow the mapping");
    } catch (JsonProcessingException e) {
      throw failure(source, where(e.getLocation()) + oneLine(e.getOriginalMessage()));
    } catch (IOException e) {
      throw failure(source, "cannot be read: " + e);
    }
  }

  /** YAML cannot have tabs where JSON may. */
  private boolean isJsonObject(String text) {
    try {
      return text.stripLeading().startsWith("{") && json.readTree(text).isObject();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /** Trees have no aliases: {@code *name} would silently be taken for the text {@code name}. */
  private void refuseAliases(String text, String source) throws IOException {
    try (JsonParser parser = yaml.createParser(text)) {
      while (parser.nextToken() != null) {
        if (((YAMLParser) parser).isCurrentAlias()) {
          String alias = parser.getText();
          throw failure(
              source,
              "%sthe alias '*%s' is not supported, write the value out"
                  .formatted(where(parser.currentTokenLocation()), alias));
        }
      }
    }
  }

  private static String where(JsonLocation location) {
    return location == null || location.getLineNr() < 1
        ? ""
        : "line %d, column %d: ".formatted(location.getLineNr(), location.getColumnNr());
  }

  /** The message on one line, without the excerpts that parsers indent below it. */
  private static String oneLine(String message) {
    return message
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith(" "))
        .collect(Collectors.joining(", "));
  }

  private static ConfigurationException failure(String source, String message) {
    return new ConfigurationException(source, List.of(new Problem("", message)));
  }
}
