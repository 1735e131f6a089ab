package dev.orthant.core.family;

import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.nn.DecoderHeads;
import dev.orthant.core.nn.Embeddings;
import dev.orthant.core.nn.FeedForward;
import dev.orthant.core.nn.LayerStack;
import dev.orthant.core.nn.LinearOutput;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.ModelSizes;
import dev.orthant.core.nn.PreNormLayer;
import dev.orthant.core.nn.SelfAttention;
import dev.orthant.core.nn.TokenOutput;
import dev.orthant.core.nn.Transformer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Decoders in Llama's layout. */
final class GatedDecoder {

  private static final String PREFIX = "model.";
  private static final String WORDS = "embed_tokens.weight";
  private static final String OUTPUT = "lm_head.weight";
  private static final int DEPTHS = 4; // of a layer

  private final DecoderConfig config;
  private final ModelSizes sizes;
  private final WeightReader reader;

  private GatedDecoder(DecoderConfig config, TensorSource weights, LoadSettings settings) {
    this.config = config;
    this.sizes = config.sizes();
    this.reader = new WeightReader(weights, PREFIX, WORDS, settings);
  }

  /**
   * Reads the weights. Names may have the prefix {@code model.}.
   *
   * @throws IllegalArgumentException naming all tensors that are missing or misshapen
   */
  static Transformer load(
      String family, DecoderConfig config, TensorSource weights, LoadSettings settings) {
    return new GatedDecoder(config, weights, settings).load(family);
  }

  private Transformer load(String family) {
    INDArray words = reader.tensor(WORDS, sizes.vocabulary(), sizes.hidden());
    List<PreNormLayer> layers = new ArrayList<>();
    for (int i = 0; i < sizes.layers(); i++) {
      layers.add(layer(i));
    }
    LayerStack.Parts parts =
        new LayerStack.Parts(
            sizes,
            PREFIX,
            true,
            new Embeddings(words, null, null, null),
            reader.rmsNorm("norm", sizes.hidden(), config.eps()),
            output(words),
            null,
            new DecoderHeads(sizes.hidden(), config.padding()));
    reader.check(family + " model");
    return new LayerStack(parts, layers);
  }

  private @Nullable TokenOutput output(INDArray words) {
    if (reader.hasExactly(OUTPUT)) {
      INDArray matrix = reader.exactly(OUTPUT, sizes.vocabulary(), sizes.hidden());
      return new LinearOutput(reader.frozen(matrix, null));
    }
    return config.tied() ? new LinearOutput(reader.shared(words)) : null;
  }

  private PreNormLayer layer(int index) {
    String path = "layers." + index + ".";
    int d = sizes.hidden();
    int inner = sizes.intermediate();
    int queries = config.attention().heads() * config.width();
    int keys = config.attention().keyHeads() * config.width();
    int depth = DEPTHS * index;
    String attention = path + "self_attn.";
    String feedForward = path + "mlp.";
    boolean bias = config.attentionBias();
    return new PreNormLayer(
        index,
        reader.rmsNorm(path + "input_layernorm", d, config.eps()),
        new SelfAttention(
            index,
            config.attention(),
            List.of(
                reader.linear(place(attention + "q_proj", index, depth), d, queries, bias),
                reader.linear(place(attention + "k_proj", index, depth), d, keys, bias),
                reader.linear(place(attention + "v_proj", index, depth), d, keys, bias)),
            reader.linear(
                place(attention + "o_proj", index, depth + 1), queries, d, config.outputBias()),
            config.rotation(),
            config.headNorms()
                ? reader.rmsNorm(attention + "q_norm", config.width(), config.eps())
                : null,
            config.headNorms()
                ? reader.rmsNorm(attention + "k_norm", config.width(), config.eps())
                : null),
        reader.rmsNorm(path + "post_attention_layernorm", d, config.eps()),
        new FeedForward(
            config.activation(),
            reader.linear(
                place(feedForward + "gate_proj", index, depth + 2),
                d,
                inner,
                config.feedForwardBias()),
            reader.linear(
                place(feedForward + "up_proj", index, depth + 2),
                d,
                inner,
                config.feedForwardBias()),
            reader.linear(
                place(feedForward + "down_proj", index, depth + 3),
                inner,
                d,
                config.feedForwardBias())));
  }

  private static WeightReader.Place place(String module, int layer, int depth) {
    return new WeightReader.Place(module, layer, depth);
  }
}
