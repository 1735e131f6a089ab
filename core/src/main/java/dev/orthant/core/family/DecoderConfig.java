package dev.orthant.core.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.kernel.Activation;
import dev.orthant.core.kernel.AttentionForm;
import dev.orthant.core.kernel.Rotation;
import dev.orthant.core.nn.ModelSizes;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of a decoder in Llama's layout, as Hugging Face's {@code config.json} gives them.
 *
 * @param attention the form of attention
 * @param width of one head
 * @param eps added to the mean square in RMS normalisation
 * @param activation of the gate
 * @param attentionBias whether queries, keys and values have a bias
 * @param outputBias whether attention's output has a bias
 * @param feedForwardBias whether the feed-forward part has biases
 * @param headNorms whether the heads of queries and keys are normalised
 * @param tied whether the output is the table of embeddings
 * @param padding the id of the padding token, -1 for none
 */
record DecoderConfig(
    ModelSizes sizes,
    AttentionForm attention,
    int width,
    Rotation rotation,
    double eps,
    Activation activation,
    boolean attentionBias,
    boolean outputBias,
    boolean feedForwardBias,
    boolean headNorms,
    boolean tied,
    int padding) {

  /**
   * What the families of this layout differ in.
   *
   * @param attentionBias whether queries, keys and values have a bias; null to ask the field {@code
   *     attention_bias}, which is then attention's output's too
   * @param headNorms whether the heads of queries and keys are normalised
   * @param window whether the field {@code sliding_window} counts without {@code
   *     use_sliding_window}
   */
  record Family(
      String modelType, @Nullable Boolean attentionBias, boolean headNorms, boolean window) {}

  /**
   * Reads a {@code config.json}.
   *
   * @throws IllegalArgumentException naming every field that is missing or not supported
   */
  static DecoderConfig of(JsonNode json, Family family) {
    ConfigReader reader = new ConfigReader(json);
    reader.only("model_type", family.modelType, null);
    int hidden = reader.integer("hidden_size");
    int heads = reader.positive("num_attention_heads", reader.integer("num_attention_heads"));
    int keyHeads =
        reader.positive("num_key_value_heads", reader.integer("num_key_value_heads", heads));
    int width = reader.positive("head_dim", reader.integer("head_dim", hidden / heads));
    if (heads % keyHeads != 0) {
      reader.problem(
          "num_attention_heads must be a multiple of num_key_value_heads, was %d with %d"
              .formatted(heads, keyHeads));
    }
    ModelSizes sizes =
        new ModelSizes(
            reader.positive("hidden_size", hidden),
            reader.positive("num_hidden_layers", reader.integer("num_hidden_layers")),
            reader.positive("intermediate_size", reader.integer("intermediate_size")),
            reader.positive("vocab_size", reader.integer("vocab_size")),
            reader.positive("max_position_embeddings", reader.integer("max_position_embeddings")));
    Rotation rotation = RotaryScaling.read(json, width, reader);
    int window = window(json, reader, family);
    boolean bias =
        family.attentionBias == null ? reader.flag("attention_bias", false) : family.attentionBias;
    boolean outputBias = family.attentionBias == null && bias;
    boolean feedForwardBias = reader.flag("mlp_bias", false);
    double eps = reader.number("rms_norm_eps", 1e-6);
    Activation activation = reader.activation("hidden_act", "silu");
    boolean tied = reader.flag("tie_word_embeddings", false);
    int padding = reader.integer("pad_token_id", -1);
    reader.check(family.modelType);
    return new DecoderConfig(
        sizes,
        AttentionForm.causal(heads, keyHeads, width).withWindow(window),
        width,
        rotation,
        eps,
        activation,
        bias,
        outputBias,
        feedForwardBias,
        family.headNorms,
        tied,
        padding);
  }

  /** The window of all layers, 0 for none; windows of some layers are refused. */
  private static int window(JsonNode json, ConfigReader reader, Family family) {
    int window = reader.integer("sliding_window", 0);
    if (family.window || window == 0) {
      return window;
    }
    if (reader.flag("use_sliding_window", false)
        && reader.integer("max_window_layers", 0) < json.path("num_hidden_layers").asInt()) {
      reader.problem("use_sliding_window is true, supported is false");
    }
    return 0;
  }
}
