package dev.orthant.core.nn;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of a BERT-like encoder, as Hugging Face's {@code config.json} gives them.
 *
 * @param hiddenSize width of the hidden states, a multiple of the number of heads
 * @param layers number of transformer layers
 * @param heads number of attention heads of a layer
 * @param intermediateSize width between the two linear layers of the feed-forward part
 * @param vocabularySize number of token ids
 * @param positions the longest sequence
 * @param types number of token types
 * @param layerNormEps added to the variance in layer normalisation
 */
public record EncoderConfig(
    int hiddenSize,
    int layers,
    int heads,
    int intermediateSize,
    int vocabularySize,
    int positions,
    int types,
    double layerNormEps) {

  /** Refuses sizes that make no encoder. */
  public EncoderConfig {
    List<String> problems = new ArrayList<>();
    positive(problems, "hidden_size", hiddenSize);
    positive(problems, "num_hidden_layers", layers);
    positive(problems, "num_attention_heads", heads);
    positive(problems, "intermediate_size", intermediateSize);
    positive(problems, "vocab_size", vocabularySize);
    positive(problems, "max_position_embeddings", positions);
    positive(problems, "type_vocab_size", types);
    if (!(layerNormEps >= 0 && layerNormEps < 1)) {
      problems.add("layer_norm_eps must be in [0, 1), was " + layerNormEps);
    }
    if (hiddenSize > 0 && heads > 0 && hiddenSize % heads != 0) {
      problems.add(
          "hidden_size must be a multiple of num_attention_heads, was %d with %d heads"
              .formatted(hiddenSize, heads));
    }
    refuse(problems);
  }

  /**
   * Reads a {@code config.json}.
   *
   * @throws IllegalArgumentException naming every field that is missing, out of range, or asks for
   *     something else than a BERT encoder with the exact GELU and absolute positions
   */
  public static EncoderConfig of(JsonNode json) {
    List<String> problems = new ArrayList<>();
    only(problems, json, "model_type", "bert", null);
    only(problems, json, "hidden_act", "gelu", "gelu");
    only(problems, json, "position_embedding_type", "absolute", "absolute");
    if (json.path("is_decoder").asBoolean(false)) {
      problems.add("is_decoder is true, supported is false");
    }
    int hidden = integer(problems, json, "hidden_size");
    int layers = integer(problems, json, "num_hidden_layers");
    int heads = integer(problems, json, "num_attention_heads");
    int intermediate = integer(problems, json, "intermediate_size");
    int vocabulary = integer(problems, json, "vocab_size");
    int positions = integer(problems, json, "max_position_embeddings");
    refuse(problems);
    return new EncoderConfig(
        hidden,
        layers,
        heads,
        intermediate,
        vocabulary,
        positions,
        json.path("type_vocab_size").asInt(2), // the defaults of transformers' BertConfig
        json.path("layer_norm_eps").asDouble(1e-12));
  }

  private static void only(
      List<String> problems,
      JsonNode json,
      String field,
      String supported,
      @Nullable String otherwise) {
    JsonNode node = json.path(field);
    String value = node.isMissingNode() || node.isNull() ? otherwise : node.asText();
    if (!supported.equals(value)) {
      problems.add("%s is %s, supported is '%s'".formatted(field, quoted(value), supported));
    }
  }

  private static String quoted(@Nullable String value) {
    return value == null ? "missing" : "'" + value + "'";
  }

  private static int integer(List<String> problems, JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (!value.isInt()) {
      problems.add(field + (value.isMissingNode() ? " is missing" : " is not a whole number"));
    }
    return value.asInt();
  }

  private static void positive(List<String> problems, String field, int value) {
    if (value < 1) {
      problems.add(field + " must be at least 1, was " + value);
    }
  }

  private static void refuse(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "unsupported encoder configuration: " + String.join("; ", problems));
    }
  }
}
