package dev.orthant.core.dl4j;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import java.util.Map;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Adapters of an {@link AdaptedDenseLayer}, made of what its configuration and its parameter table
 * say.
 */
final class AdapterValues {

  private AdapterValues() {}

  /**
   * The weights of a dense layer as adapters have them, [dOut, dIn]: a view, for the network holds
   * W [nIn, nOut] column by column.
   */
  static INDArray weights(Map<String, INDArray> table) {
    return requireNonNull(table.get(DefaultParamInitializer.WEIGHT_KEY), "W").transpose();
  }

  /** The bias [dOut] of a dense layer, or null. */
  static @Nullable INDArray bias(Map<String, INDArray> table) {
    INDArray bias = table.get(DefaultParamInitializer.BIAS_KEY);
    return bias == null ? null : bias.reshape(bias.length());
  }

  static Site site(DenseLayer layer, int index) {
    return new Site(
        layer.getLayerName(),
        index,
        Math.toIntExact(layer.getNIn()),
        Math.toIntExact(layer.getNOut()));
  }

  /** An adapter that changes nothing, as its factory makes it without statistics. */
  static Adapter fresh(AdaptedDenseLayer layer, Map<String, INDArray> table, long seed) {
    return layer
        .getAdapter()
        .fresh(
            layer.factory(), place(layer, single(weights(table)), singleOrNull(bias(table)), seed));
  }

  /** A single-precision copy of a layer's adapter as it is, for its delta and for files. */
  static Adapter copy(AdaptedDenseLayer layer, Map<String, INDArray> table) {
    Adapter adapter =
        layer
            .getAdapter()
            .blank(
                layer.factory(),
                place(layer, single(weights(table)), singleOrNull(bias(table)), 0));
    for (Parameter p : adapter.parameters()) {
      p.value().assign(value(table, p));
    }
    return adapter;
  }

  /** Overwrites a layer's adapter by the values of another of its kind. */
  static void set(Map<String, INDArray> table, Adapter values) {
    values.parameters().forEach(p -> value(table, p).assign(p.value()));
  }

  /** A layer's adapter, living in the network's arrays. */
  static Adapter attached(
      AdaptedDenseLayer layer,
      Map<String, INDArray> table,
      @Nullable Map<String, INDArray> gradients) {
    Adapter adapter =
        layer.getAdapter().blank(layer.factory(), place(layer, weights(table), bias(table), 0));
    for (Parameter p : adapter.parameters()) {
      boolean trained = gradients != null && layer.trains(LayerParameter.key(p.name()));
      p.liveIn(value(table, p), trained ? value(gradients, p) : null);
      if (gradients != null && p.isTrainable()) {
        p.gradient(); // made now, where no workspace is open
      }
    }
    return adapter;
  }

  private static INDArray value(Map<String, INDArray> table, Parameter parameter) {
    return requireNonNull(table.get(LayerParameter.key(parameter.name())), parameter.name());
  }

  private static AdapterSite place(
      AdaptedDenseLayer layer, INDArray weights, @Nullable INDArray bias, long seed) {
    Site site = site(layer, -1);
    return AdapterSite.builder(
            site, new SplittableRandom(CounterRandom.seed(seed, "adapter", site.module())))
        .baseWeights(() -> weights)
        .baseBias(bias)
        .build();
  }

  private static @Nullable INDArray singleOrNull(@Nullable INDArray array) {
    return array == null ? null : single(array);
  }

  private static INDArray single(INDArray array) {
    return array.castTo(DataType.FLOAT).dup('c');
  }
}
