package dev.orthant.core.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.kernel.Activation;
import dev.orthant.core.nn.ModelSizes;
import java.util.ArrayList;
import java.util.List;

/**
 * The sizes of a BERT-like encoder, as Hugging Face's {@code config.json} gives them.
 *
 * @param hiddenSize width of the hidden states, a multiple of the number of heads
 * @param layers number of transformer layers
 * @param heads number of attention heads of a layer
 * @param intermediateSize width between the two linear layers of the feed-forward part
 * @param vocabularySize number of token ids
 * @param positions rows of the table of positions
 * @param types number of token types
 * @param layerNormEps added to the variance in layer normalisation
 * @param activation of the feed-forward part
 */
public record EncoderConfig(
    int hiddenSize,
    int layers,
    int heads,
    int intermediateSize,
    int vocabularySize,
    int positions,
    int types,
    double layerNormEps,
    Activation activation) {

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
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "unsupported encoder configuration: " + String.join("; ", problems));
    }
  }

  /** Sizes of an encoder with the exact GELU. */
  public EncoderConfig(
      int hiddenSize,
      int layers,
      int heads,
      int intermediateSize,
      int vocabularySize,
      int positions,
      int types,
      double layerNormEps) {
    this(
        hiddenSize,
        layers,
        heads,
        intermediateSize,
        vocabularySize,
        positions,
        types,
        layerNormEps,
        Activation.GELU);
  }

  /**
   * Reads a {@code config.json} of BERT.
   *
   * @throws IllegalArgumentException naming every field that is missing, out of range, or asks for
   *     something else than an encoder with absolute positions
   */
  public static EncoderConfig of(JsonNode json) {
    return of(json, "bert");
  }

  /**
   * As {@link #of(JsonNode)}, of another family with the same fields.
   *
   * @param modelType the family's {@code model_type}
   */
  public static EncoderConfig of(JsonNode json, String modelType) {
    ConfigReader reader = new ConfigReader(json);
    reader.only("model_type", modelType, null);
    reader.only("position_embedding_type", "absolute", "absolute");
    reader.never("is_decoder");
    int hidden = reader.integer("hidden_size");
    int layers = reader.integer("num_hidden_layers");
    int heads = reader.integer("num_attention_heads");
    int intermediate = reader.integer("intermediate_size");
    int vocabulary = reader.integer("vocab_size");
    int positions = reader.integer("max_position_embeddings");
    int types = reader.integer("type_vocab_size", 2); // the defaults of transformers' configs
    double eps = reader.number("layer_norm_eps", 1e-12);
    Activation activation = reader.activation("hidden_act", "gelu");
    reader.check("encoder");
    return new EncoderConfig(
        hidden, layers, heads, intermediate, vocabulary, positions, types, eps, activation);
  }

  /**
   * The sizes that do not depend on the family.
   *
   * @param longest the longest sequence
   */
  ModelSizes sizes(int longest) {
    return new ModelSizes(hiddenSize, layers, intermediateSize, vocabularySize, longest);
  }

  private static void positive(List<String> problems, String field, int value) {
    if (value < 1) {
      problems.add(field + " must be at least 1, was " + value);
    }
  }
}
