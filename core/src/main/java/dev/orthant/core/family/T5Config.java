package dev.orthant.core.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.kernel.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The sizes and switches of a T5 encoder-decoder (Raffel et al., 2020, arXiv:1910.10683).
 *
 * @param hiddenSize width of the hidden states, {@code d_model}
 * @param headSize width of a head, {@code d_kv}; heads times this need not be the hidden size
 * @param heads attention heads of a layer
 * @param intermediateSize width of the feed-forward layers, {@code d_ff}
 * @param encoderLayers layers of the encoder
 * @param decoderLayers layers of the decoder
 * @param vocabularySize number of token ids
 * @param buckets of relative positions
 * @param maxDistance from which on all positions are in one bucket
 * @param eps added to the mean square of a normalisation
 * @param activation of the feed-forward layers
 * @param gated whether they are gated (Shazeer, 2020, arXiv:2002.05202), as from version 1.1 on
 * @param tied whether the table of embeddings is also the matrix of the output, whose input is then
 *     scaled by {@code 1 / sqrt(hiddenSize)}
 * @param startToken what the decoder begins with
 */
public record T5Config(
    int hiddenSize,
    int headSize,
    int heads,
    int intermediateSize,
    int encoderLayers,
    int decoderLayers,
    int vocabularySize,
    int buckets,
    int maxDistance,
    double eps,
    Activation activation,
    boolean gated,
    boolean tied,
    int startToken) {

  private static final String GATED = "gated-";

  private static final Map<String, Activation> ACTIVATIONS =
      Map.of(
          "relu", Activation.RELU,
          "gelu", Activation.GELU,
          "gelu_new", Activation.GELU_TANH,
          "silu", Activation.SILU);

  /**
   * Reads a {@code config.json}; what it leaves out is as in transformers' T5Config.
   *
   * @throws IllegalArgumentException naming every field that is missing, out of range or not
   *     supported
   */
  public static T5Config of(JsonNode json) {
    List<String> problems = new ArrayList<>();
    String feedForward = json.path("feed_forward_proj").asText("relu");
    boolean gated = feedForward.startsWith(GATED);
    // transformers reads gated-gelu as the tanh form, and gelu alone as the exact one
    String function =
        feedForward.equals("gated-gelu")
            ? "gelu_new"
            : gated ? feedForward.substring(GATED.length()) : feedForward;
    Activation activation = ACTIVATIONS.getOrDefault(function, Activation.RELU);
    if (!ACTIVATIONS.containsKey(function)) {
      problems.add(
          "feed_forward_proj is '%s', supported are %s, each also with '%s' before it"
              .formatted(feedForward, ACTIVATIONS.keySet().stream().sorted().toList(), GATED));
    }
    int layers = required(problems, json, "num_layers");
    T5Config config =
        new T5Config(
            required(problems, json, "d_model"),
            required(problems, json, "d_kv"),
            required(problems, json, "num_heads"),
            required(problems, json, "d_ff"),
            layers,
            integer(problems, json, "num_decoder_layers", layers),
            required(problems, json, "vocab_size"),
            integer(problems, json, "relative_attention_num_buckets", 32),
            integer(problems, json, "relative_attention_max_distance", 128),
            json.path("layer_norm_epsilon").asDouble(1e-6),
            activation,
            gated,
            json.path("tie_word_embeddings").asBoolean(true),
            json.path("decoder_start_token_id").asInt(json.path("pad_token_id").asInt(0)));
    config.check(problems);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "unsupported encoder-decoder configuration: " + String.join("; ", problems));
    }
    return config;
  }

  private void check(List<String> problems) {
    if (buckets > 0 && (buckets % 4 != 0 || maxDistance <= buckets / 2)) {
      problems.add(
          "relative_attention_num_buckets must be a multiple of 4 and at most twice relative_attention_max_distance, was %d with %d"
              .formatted(buckets, maxDistance));
    }
    if (!(eps >= 0 && eps < 1)) {
      problems.add("layer_norm_epsilon must be in [0, 1), was " + eps);
    }
    if (startToken < 0 || vocabularySize > 0 && startToken >= vocabularySize) {
      problems.add(
          "decoder_start_token_id must be in [0, vocab_size), was %d with %d"
              .formatted(startToken, vocabularySize));
    }
  }

  private static int required(List<String> problems, JsonNode json, String field) {
    if (json.path(field).isMissingNode()) {
      problems.add(field + " is missing");
      return 1;
    }
    return integer(problems, json, field, 1);
  }

  private static int integer(List<String> problems, JsonNode json, String field, int otherwise) {
    JsonNode value = json.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isInt() || value.asInt() < 1) {
      problems.add("%s must be a whole number of at least 1, was %s".formatted(field, value));
      return 1;
    }
    return value.asInt();
  }

  /** The width of all heads together. */
  int inner() {
    return heads * headSize;
  }
}
