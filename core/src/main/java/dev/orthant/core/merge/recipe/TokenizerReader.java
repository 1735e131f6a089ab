package dev.orthant.core.merge.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.config.Problem;
import dev.orthant.core.plugin.NearestName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads mergekit's {@code tokenizer_source} and {@code tokenizer}. */
final class TokenizerReader {

  private static final String SOURCE = "source";
  private static final String TOKENS = "tokens";
  private static final String PAD = "pad_to_multiple_of";

  private final List<Problem> problems;

  TokenizerReader(List<Problem> problems) {
    this.problems = problems;
  }

  TokenizerSpec read(JsonNode root) {
    String legacy = text(root, "tokenizer_source", "tokenizer_source");
    JsonNode node = root.path("tokenizer");
    if (node.isMissingNode() || node.isNull()) {
      return legacy == null ? TokenizerSpec.SAME : TokenizerSpec.of(legacy);
    }
    if (legacy != null) {
      refuse("tokenizer", "cannot be given together with tokenizer_source");
    }
    if (!known(node, "tokenizer", List.of(SOURCE, TOKENS, PAD))) {
      return TokenizerSpec.SAME;
    }
    String source = text(node, SOURCE, "tokenizer.source");
    Map<String, TokenizerSpec.Row> rows = new LinkedHashMap<>();
    node.path(TOKENS).properties().forEach(e -> row(rows, e.getKey(), e.getValue()));
    int multiple = multiple(node.path(PAD));
    if (source == null && rows.isEmpty() && multiple == 1) {
      return TokenizerSpec.SAME;
    }
    return TokenizerSpec.of(source == null ? "union" : source).with(rows, multiple);
  }

  private int multiple(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return 1;
    }
    if (!node.isInt() || node.intValue() < 1) {
      refuse("tokenizer." + PAD, "must be a whole number of at least 1, was " + node);
      return 1;
    }
    return node.intValue();
  }

  private void row(Map<String, TokenizerSpec.Row> rows, String token, JsonNode node) {
    String path = "tokenizer.tokens." + token;
    if (!known(node, path, List.of(SOURCE, "force"))) {
      return;
    }
    boolean force = node.path("force").asBoolean(false);
    JsonNode source = node.path(SOURCE);
    if (source.isTextual()) {
      rows.put(token, new TokenizerSpec.Row(source.textValue(), null, null, force));
      return;
    }
    if (!known(source, path + ".source", List.of("kind", "model", "token", "token_id"))) {
      return;
    }
    switch (source.path("kind").asText()) {
      case "zero" -> rows.put(token, new TokenizerSpec.Row(null, null, null, force));
      case "model_token" -> {
        JsonNode id = source.path("token_id");
        String other = text(source, "token", path + ".source.token");
        String model = text(source, "model", path + ".source.model");
        if (model == null || (other == null) != id.isInt()) {
          refuse(path + ".source", "must have model, and either token or token_id, a whole number");
        } else {
          Integer number = id.isInt() ? id.intValue() : null;
          rows.put(token, new TokenizerSpec.Row(model, other, number, force));
        }
      }
      default ->
          refuse(path + ".source.kind", "must be zero or model_token, was " + source.path("kind"));
    }
  }

  private @Nullable String text(JsonNode node, String key, String path) {
    JsonNode value = node.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isTextual() || value.textValue().isBlank()) {
      refuse(path, "must be text");
      return null;
    }
    return value.textValue();
  }

  private boolean known(JsonNode node, String path, List<String> keys) {
    if (!node.isObject()) {
      refuse(path, "must be a mapping of keys to values");
      return false;
    }
    for (var entry : node.properties()) {
      if (!keys.contains(entry.getKey())) {
        String hint = NearestName.hint(entry.getKey(), keys);
        refuse(
            path + "." + entry.getKey(),
            "unknown key" + (hint.isEmpty() ? ", known are " + String.join(", ", keys) : hint));
      }
    }
    return true;
  }

  private void refuse(String path, String message) {
    problems.add(new Problem(path, message));
  }
}
