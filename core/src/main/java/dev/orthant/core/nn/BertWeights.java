package dev.orthant.core.nn;

import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.kernel.Activation;
import dev.orthant.core.kernel.AttentionForm;
import dev.orthant.core.kernel.FrozenLinear;
import dev.orthant.core.spi.Site;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reads the tensors of a BERT encoder, with or without the prefix {@code bert.}, with new or legacy
 * (gamma, beta) names of layer normalisation. Notes all that are missing or misshapen before it
 * complains.
 */
final class BertWeights {

  private static final String WORDS = "embeddings.word_embeddings.weight";

  private final TensorSource source;
  private final EncoderConfig config;
  private final String prefix;
  private final List<String> problems = new ArrayList<>();

  BertWeights(TensorSource source, EncoderConfig config) {
    this.source = source;
    this.config = config;
    this.prefix = source.names().contains("bert." + WORDS) ? "bert." : "";
  }

  /** The tables of the embeddings, [rows, hidden]. */
  INDArray embedding(String kind, int rows) {
    return tensor(
        prefix + "embeddings." + kind + "_embeddings.weight", null, rows, config.hiddenSize());
  }

  LayerNorm layerNorm(String module) {
    String path = prefix + module;
    return new LayerNorm(
        tensor(path + ".weight", path + ".gamma", config.hiddenSize()),
        tensor(path + ".bias", path + ".beta", config.hiddenSize()),
        (float) config.layerNormEps());
  }

  BertLayer layer(int index) {
    String path = "encoder.layer." + index;
    int d = config.hiddenSize();
    int inner = config.intermediateSize();
    int depth = 4 * index;
    return new BertLayer(
        index,
        AttentionForm.full(config.heads(), d / config.heads()),
        Activation.GELU,
        linear(path + ".attention.self.query", index, depth, d, d),
        linear(path + ".attention.self.key", index, depth, d, d),
        linear(path + ".attention.self.value", index, depth, d, d),
        linear(path + ".attention.output.dense", index, depth + 1, d, d),
        layerNorm(path + ".attention.output.LayerNorm"),
        linear(path + ".intermediate.dense", index, depth + 2, d, inner),
        linear(path + ".output.dense", index, depth + 3, inner, d),
        layerNorm(path + ".output.LayerNorm"));
  }

  /** The linear layer on the first token, of those checkpoints that have one. */
  Linear pooler() {
    return linear(
        "pooler.dense", -1, 4 * config.layers(), config.hiddenSize(), config.hiddenSize());
  }

  private Linear linear(String module, int layer, int depth, int dIn, int dOut) {
    String path = prefix + module;
    return new Linear(
        new Site(path, layer, dIn, dOut),
        depth,
        FrozenLinear.of(
            tensor(path + ".weight", null, dOut, dIn), tensor(path + ".bias", null, dOut)));
  }

  /** Whether there is a pooler. */
  boolean hasPooler() {
    return source.names().contains(prefix + "pooler.dense.weight");
  }

  /**
   * Throws if anything was missing or misshapen.
   *
   * @throws IllegalArgumentException naming all tensors concerned
   */
  void check() {
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "not the tensors of a BERT encoder of this configuration: "
              + String.join("; ", problems));
    }
  }

  private INDArray tensor(String name, @Nullable String legacy, long... shape) {
    String present =
        legacy != null && !source.names().contains(name) && source.names().contains(legacy)
            ? legacy
            : name;
    if (!source.names().contains(present)) {
      problems.add("'%s' %s is missing".formatted(name, Arrays.toString(shape)));
      return Nd4j.empty(DataType.FLOAT); // check() will throw
    }
    long[] actual = source.info(present).shape();
    if (!Arrays.equals(actual, shape)) {
      problems.add(
          "'%s' has shape %s, expected %s"
              .formatted(present, Arrays.toString(actual), Arrays.toString(shape)));
      return Nd4j.empty(DataType.FLOAT); // check() will throw
    }
    return source.read(present);
  }
}
