package dev.orthant.core.merge.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The tokens of a {@code tokenizer.json} and their numbers. */
final class Vocabulary {

  private Vocabulary() {}

  static Map<String, Integer> read(Path file) throws IOException {
    JsonNode root = JsonMapper.builder().build().readTree(file.toFile());
    Map<String, Integer> tokens = new HashMap<>();
    JsonNode vocabulary = root.path("model").path("vocab");
    if (vocabulary.isArray()) { // Unigram: pairs of token and score
      for (int i = 0; i < vocabulary.size(); i++) {
        tokens.put(vocabulary.get(i).path(0).asText(), i);
      }
    } else {
      vocabulary
          .properties()
          .forEach(entry -> tokens.put(entry.getKey(), entry.getValue().asInt()));
    }
    for (JsonNode added : root.path("added_tokens")) {
      tokens.put(added.path("content").asText(), added.path("id").asInt());
    }
    return tokens;
  }
}
