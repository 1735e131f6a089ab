package dev.orthant.core.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Rows of an embedding that were trained one by one ({@code trainable_token_indices}). They replace
 * the base's, although PEFT calls them a delta.
 *
 * @param tokens which rows
 * @param rows [tokens, dOut], what they become
 */
public record TokenRows(List<Integer> tokens, INDArray rows) {

  static final String FIELD = "trainable_token_indices";
  static final String ENDING = ".token_adapter.trainable_tokens_delta";

  /**
   * The rows of an adapter by the path of the embedding.
   *
   * @throws IllegalArgumentException if the configuration and the tensors contradict each other
   */
  static Map<String, TokenRows> of(PeftConfig config, Map<String, INDArray> saved) {
    Map<String, INDArray> tensors = new TreeMap<>();
    saved.forEach(
        (name, tensor) -> {
          if (name.endsWith(ENDING)) {
            tensors.put(name.substring(0, name.length() - ENDING.length()), tensor);
          }
        });
    Object field = config.extraFields().get(FIELD);
    if (tensors.isEmpty() && field == null) {
      return Map.of();
    }
    if (!(field instanceof JsonNode indices) || tensors.isEmpty()) {
      throw new IllegalArgumentException(
          "%s is %s in the configuration, but there are %d tensors called %s"
              .formatted(FIELD, field, tensors.size(), ENDING.substring(1)));
    }
    Map<String, TokenRows> byModule = new TreeMap<>();
    tensors.forEach(
        (module, rows) -> byModule.put(module, new TokenRows(tokens(indices, module), rows)));
    byModule.forEach(TokenRows::check);
    return Collections.unmodifiableMap(byModule);
  }

  /** One list for the model's input embedding, or one for each module named by its ending. */
  private static List<Integer> tokens(JsonNode indices, String module) {
    JsonNode list = indices;
    for (Map.Entry<String, JsonNode> e : indices.properties()) {
      if (module.equals(e.getKey()) || module.endsWith("." + e.getKey())) {
        list = e.getValue();
      }
    }
    List<Integer> tokens = new ArrayList<>();
    list.forEach(token -> tokens.add(token.isInt() ? token.asInt() : -1));
    return List.copyOf(tokens);
  }

  private static void check(String module, TokenRows rows) {
    boolean fits =
        rows.rows().rank() == 2
            && rows.rows().size(0) == rows.tokens().size()
            && rows.tokens().stream().allMatch(token -> token >= 0);
    if (!fits) {
      throw new IllegalArgumentException(
          "embedding '%s' has rows %s for the tokens %s of %s"
              .formatted(module, Arrays.toString(rows.rows().shape()), rows.tokens(), FIELD));
    }
  }
}
