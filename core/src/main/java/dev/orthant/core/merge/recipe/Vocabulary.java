package dev.orthant.core.merge.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tokens of a {@code tokenizer.json}.
 *
 * @param file as it is; not to be modified
 * @param ids token to number, by number
 * @param added those that were added to the model's own, as the file describes them
 */
record Vocabulary(JsonNode file, Map<String, Integer> ids, Map<String, ObjectNode> added) {

  /**
   * Reads a file.
   *
   * @throws CheckpointException if it cannot be read
   */
  static Vocabulary read(Path file) {
    JsonNode root = json(file);
    Map<String, Integer> found = new LinkedHashMap<>();
    JsonNode vocabulary = root.path("model").path("vocab");
    if (vocabulary.isArray()) { // Unigram: pairs of token and score
      for (int i = 0; i < vocabulary.size(); i++) {
        found.put(vocabulary.get(i).path(0).asText(), i);
      }
    } else {
      vocabulary.properties().forEach(entry -> found.put(entry.getKey(), entry.getValue().asInt()));
    }
    Map<String, ObjectNode> added = new LinkedHashMap<>();
    for (JsonNode token : root.path("added_tokens")) {
      found.put(token.path("content").asText(), token.path("id").asInt());
      if (token instanceof ObjectNode description) {
        added.put(token.path("content").asText(), description);
      }
    }
    Map<String, Integer> ids = new LinkedHashMap<>();
    found.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .forEach(entry -> ids.put(entry.getKey(), entry.getValue()));
    return new Vocabulary(root, Collections.unmodifiableMap(ids), added);
  }

  /**
   * The tree of a file.
   *
   * @throws CheckpointException if it cannot be read
   */
  static JsonNode json(Path file) {
    try {
      return JsonMapper.builder().build().readTree(file.toFile());
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  /** The greatest number, or -1 without tokens. */
  int greatest() {
    return ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
  }
}
