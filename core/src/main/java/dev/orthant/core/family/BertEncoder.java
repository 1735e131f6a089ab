package dev.orthant.core.family;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.kernel.AttentionForm;
import dev.orthant.core.kernel.FrozenLinear;
import dev.orthant.core.nn.Embeddings;
import dev.orthant.core.nn.EncoderHeads;
import dev.orthant.core.nn.LayerStack;
import dev.orthant.core.nn.Linear;
import dev.orthant.core.nn.LinearOutput;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.MaskedOutput;
import dev.orthant.core.nn.PostNormLayer;
import dev.orthant.core.nn.TokenOutput;
import dev.orthant.core.nn.Transformer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Encoders in BERT's layout (Devlin et al., 2019, arXiv:1810.04805). */
public final class BertEncoder {

  static final String WORDS = "embeddings.word_embeddings.weight";

  private static final String PREFIX = "bert.";
  private static final String MASKED = "cls.predictions.";
  private static final int DEPTHS = 4; // of a layer

  private BertEncoder() {}

  /**
   * Reads the weights. Names may have the prefix {@code bert.} and legacy names of layer
   * normalisation ({@code gamma}, {@code beta}); tensors that an encoder does not have are ignored.
   * A pooler and the output of a masked language model are read where they are.
   *
   * @param config the sizes
   * @param weights tensors by name
   * @throws IllegalArgumentException naming all tensors that are missing or misshapen, with the
   *     shapes expected
   */
  public static Transformer load(EncoderConfig config, TensorSource weights) {
    return load(config, weights, LoadSettings.defaults());
  }

  /** The same with settings. */
  static Transformer load(EncoderConfig config, TensorSource weights, LoadSettings settings) {
    requireNonNull(config, "config");
    WeightReader reader =
        new WeightReader(requireNonNull(weights, "weights"), PREFIX, WORDS, settings);
    Embeddings embeddings = embeddings(reader, config, 0);
    List<PostNormLayer> layers = layers(reader, config);
    int d = config.hiddenSize();
    Linear pooler =
        reader.has("pooler.dense.weight")
            ? reader.linear(
                new WeightReader.Place("pooler.dense", -1, DEPTHS * config.layers()), d, d, true)
            : null;
    TokenOutput output = output(reader, config, embeddings.words());
    reader.check("BERT encoder");
    return new LayerStack(
        new LayerStack.Parts(
            config.sizes(config.positions()),
            PREFIX,
            false,
            embeddings,
            null,
            output,
            pooler,
            new EncoderHeads(d, pooler)),
        layers);
  }

  /**
   * The tables, and the normalisation of their sum.
   *
   * @param first the row of the table of positions that the first token of a sequence gets
   */
  static Embeddings embeddings(WeightReader reader, EncoderConfig config, int first) {
    int d = config.hiddenSize();
    INDArray positions =
        reader.tensor("embeddings.position_embeddings.weight", config.positions(), d);
    return new Embeddings(
        reader.tensor(WORDS, config.vocabularySize(), d),
        first == 0 || positions.isEmpty() ? positions : rowsFrom(positions, first),
        reader.tensor("embeddings.token_type_embeddings.weight", config.types(), d),
        reader.layerNorm("embeddings.LayerNorm", d, config.layerNormEps()));
  }

  private static INDArray rowsFrom(INDArray table, int first) {
    return table.get(NDArrayIndex.interval(first, table.size(0)), NDArrayIndex.all()).dup('c');
  }

  /** The layers from the lowest on. */
  static List<PostNormLayer> layers(WeightReader reader, EncoderConfig config) {
    List<PostNormLayer> layers = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      layers.add(layer(reader, config, i));
    }
    return layers;
  }

  private static PostNormLayer layer(WeightReader reader, EncoderConfig config, int index) {
    String path = "encoder.layer." + index;
    int d = config.hiddenSize();
    int inner = config.intermediateSize();
    int depth = DEPTHS * index;
    String attention = path + ".attention.self.";
    String output = path + ".attention.output.";
    return new PostNormLayer(
        index,
        AttentionForm.full(config.heads(), d / config.heads()),
        config.activation(),
        reader.linear(new WeightReader.Place(attention + "query", index, depth), d, d, true),
        reader.linear(new WeightReader.Place(attention + "key", index, depth), d, d, true),
        reader.linear(new WeightReader.Place(attention + "value", index, depth), d, d, true),
        reader.linear(new WeightReader.Place(output + "dense", index, depth + 1), d, d, true),
        reader.layerNorm(output + "LayerNorm", d, config.layerNormEps()),
        reader.linear(
            new WeightReader.Place(path + ".intermediate.dense", index, depth + 2), d, inner, true),
        reader.linear(
            new WeightReader.Place(path + ".output.dense", index, depth + 3), inner, d, true),
        reader.layerNorm(path + ".output.LayerNorm", d, config.layerNormEps()));
  }

  private static @Nullable TokenOutput output(
      WeightReader reader, EncoderConfig config, INDArray words) {
    if (!reader.hasExactly(MASKED + "transform.dense.weight")) {
      return null;
    }
    int d = config.hiddenSize();
    int vocabulary = config.vocabularySize();
    return new MaskedOutput(
        FrozenLinear.of(
            reader.exactly(MASKED + "transform.dense.weight", d, d),
            reader.exactly(MASKED + "transform.dense.bias", d)),
        config.activation(),
        reader.layerNormExactly(MASKED + "transform.LayerNorm", d, config.layerNormEps()),
        new LinearOutput(
            FrozenLinear.of(
                reader.hasExactly(MASKED + "decoder.weight")
                    ? reader.exactly(MASKED + "decoder.weight", vocabulary, d)
                    : words,
                reader.exactly(MASKED + "bias", vocabulary))));
  }
}
