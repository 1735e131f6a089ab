package dev.orthant.core.family;

import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.kernel.FrozenLinear;
import dev.orthant.core.kernel.Precision;
import dev.orthant.core.nn.Linear;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.Norm;
import dev.orthant.core.spi.Site;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reads the tensors of a model, with or without the prefix that those with a head have, with new or
 * legacy (gamma, beta) names of layer normalisation. Notes all that are missing or misshapen before
 * it complains.
 */
final class WeightReader {

  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  private final TensorSource source;
  private final String prefix;
  private final LoadSettings settings;
  private final List<String> problems = new ArrayList<>();

  /**
   * @param prefix such as {@code bert.}
   * @param probe a tensor that every model of the family has, without the prefix
   */
  WeightReader(TensorSource source, String prefix, String probe) {
    this(source, prefix, probe, LoadSettings.defaults());
  }

  /** The same with settings. */
  WeightReader(TensorSource source, String prefix, String probe, LoadSettings settings) {
    this.settings = settings;
    this.source = source;
    this.prefix = source.names().contains(prefix + probe) ? prefix : "";
  }

  /** Whether there is a tensor, of a name that the prefix stands before. */
  boolean has(String name) {
    return source.names().contains(prefix + name);
  }

  /** Whether there is a tensor of exactly this name. */
  boolean hasExactly(String name) {
    return source.names().contains(name);
  }

  /** A tensor, of a name that the prefix stands before. */
  INDArray tensor(String name, long... shape) {
    return exactly(prefix + name, null, shape);
  }

  /** A tensor of exactly this name. */
  INDArray exactly(String name, long... shape) {
    return exactly(name, null, shape);
  }

  /** A layer normalisation. */
  Norm layerNorm(String module, int size, double eps) {
    return layerNormExactly(prefix + module, size, eps);
  }

  /** A layer normalisation at exactly this path. */
  Norm layerNormExactly(String path, int size, double eps) {
    return new Norm(
        exactly(path + WEIGHT, path + ".gamma", size),
        exactly(path + BIAS, path + ".beta", size),
        (float) eps);
  }

  /** An RMS normalisation. */
  Norm rmsNorm(String module, int size, double eps) {
    return new Norm(tensor(module + WEIGHT, size), null, (float) eps);
  }

  /**
   * Where a linear layer is.
   *
   * @param layer the index of the transformer layer, -1 outside of layers
   * @param depth see {@link Linear}
   */
  record Place(String module, int layer, int depth) {}

  /** A linear layer, stored as [dOut, dIn]. */
  Linear linear(Place place, int dIn, int dOut, boolean biased) {
    String path = prefix + place.module;
    INDArray weight = tensor(place.module + WEIGHT, dOut, dIn);
    return new Linear(
        new Site(path, place.layer, dIn, dOut),
        place.depth,
        frozen(weight, biased ? tensor(place.module + BIAS, dOut) : null));
  }

  /** A linear layer with a bias, stored as [dIn, dOut]: what GPT-2 calls a convolution. */
  Linear transposedLinear(Place place, int dIn, int dOut) {
    String path = prefix + place.module;
    INDArray weight = tensor(place.module + WEIGHT, dIn, dOut);
    return new Linear(
        new Site(path, place.layer, dIn, dOut),
        place.depth,
        frozen(
            weight.isEmpty() ? weight : weight.transpose().dup('c'),
            tensor(place.module + BIAS, dOut)));
  }

  /**
   * A layer of weights that are not used elsewhere, held as the settings say.
   *
   * @param weight [dOut, dIn]; empty if it is missing
   */
  FrozenLinear frozen(INDArray weight, @Nullable INDArray bias) {
    if (settings.weights() != Precision.BF16 || weight.isEmpty()) {
      return FrozenLinear.of(weight, bias);
    }
    FrozenLinear half = FrozenLinear.half(weight, bias);
    weight.close(); // the garbage collector would be late
    return half;
  }

  /**
   * A matrix without bias whose weights are used elsewhere too, held as the settings say.
   *
   * @param weight [dOut, dIn]; empty if it is missing
   */
  FrozenLinear shared(INDArray weight) {
    return settings.weights() == Precision.BF16 && !weight.isEmpty()
        ? FrozenLinear.half(weight, null)
        : FrozenLinear.of(weight, null);
  }

  /**
   * Throws if anything was missing or misshapen.
   *
   * @throws IllegalArgumentException naming all tensors concerned
   */
  void check(String family) {
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "not the tensors of a %s of this configuration: %s"
              .formatted(family, String.join("; ", problems)));
    }
  }

  private INDArray exactly(String name, @Nullable String legacy, long... shape) {
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
