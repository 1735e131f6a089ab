package dev.orthant.core.merge.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The tokens of a result: those of one vocabulary, and others behind them. */
final class MergedVocabulary {

  private final Vocabulary own;
  private final Map<String, Integer> ids;
  private final Map<String, ObjectNode> behind = new LinkedHashMap<>();
  private int next;

  MergedVocabulary(Vocabulary own) {
    this.own = own;
    this.ids = new LinkedHashMap<>(own.ids());
    this.next = own.greatest() + 1;
  }

  /** Adds the tokens that another one has beyond these: the model's own first, then added ones. */
  void addAll(Vocabulary other) {
    other.ids().keySet().stream().filter(t -> !other.added().containsKey(t)).forEach(this::add);
    other.added().forEach(this::add);
  }

  /** Adds a token, unless it is there. */
  void add(String token) {
    add(
        token,
        JsonNodeFactory.instance
            .objectNode()
            .put("content", token)
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", true)
            .put("special", false));
  }

  private void add(String token, ObjectNode description) {
    if (!ids.containsKey(token)) {
      ObjectNode numbered = JsonNodeFactory.instance.objectNode().put("id", next);
      description
          .properties()
          .forEach(
              entry -> {
                if (!entry.getKey().equals("id")) {
                  numbered.set(entry.getKey(), entry.getValue());
                }
              });
      behind.put(token, numbered);
      ids.put(token, next++);
    }
  }

  /** Token to number. */
  Map<String, Integer> ids() {
    return ids;
  }

  /** How many rows they take. */
  int rows() {
    return next;
  }

  /** Whether there are others behind those of the one vocabulary. */
  boolean isExtended() {
    return !behind.isEmpty();
  }

  /** The {@code tokenizer.json}. */
  JsonNode tokenizer() {
    ObjectNode file = own.file().deepCopy();
    ArrayNode added = file.withArray("added_tokens");
    behind.values().forEach(added::add);
    return file;
  }

  /** A {@code tokenizer_config.json} that knows the others too. */
  JsonNode configuration(JsonNode ofOwn) {
    ObjectNode config = ofOwn.deepCopy();
    if (config.path("added_tokens_decoder") instanceof ObjectNode decoder) {
      behind
          .values()
          .forEach(
              token -> {
                ObjectNode described = token.deepCopy();
                described.remove("id");
                decoder.set(token.path("id").asText(), described);
              });
    }
    return config;
  }
}
