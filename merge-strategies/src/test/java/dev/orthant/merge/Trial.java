package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.core.spi.MergerFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Merges single vectors, for examples worked out by hand. */
final class Trial {

  private Trial() {}

  /** Merges vectors of weight 1. */
  static <C extends Record> float[] merge(MergerFactory<C> factory, C config, float[]... vectors) {
    return merge(factory, config, new double[] {}, vectors);
  }

  /** Merges vectors; inputs beyond the weights given weigh 1. */
  static <C extends Record> float[] merge(
      MergerFactory<C> factory, C config, double[] weights, float[]... vectors) {
    INDArray[] arrays = Arrays.stream(vectors).map(Nd4j::createFromArray).toArray(INDArray[]::new);
    return merge(factory, config, weights, arrays).toFloatVector();
  }

  /** Merges arrays of weight 1. */
  static <C extends Record> INDArray merge(MergerFactory<C> factory, C config, INDArray... arrays) {
    return merge(factory, config, new double[] {}, arrays);
  }

  private static <C extends Record> INDArray merge(
      MergerFactory<C> factory, C config, double[] weights, INDArray... arrays) {
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < arrays.length; i++) {
      Delta delta = new DenseDelta(arrays[i]);
      inputs.add(
          AdapterInput.of("x" + i, Map.of("m", delta))
              .withWeight(i < weights.length ? weights[i] : 1));
    }
    return MergeEngine.builder(factory, config)
        .build()
        .mergeAdapters(inputs, null)
        .deltas()
        .get("m")
        .dense();
  }

  static float[] vector(float... values) {
    return values;
  }
}
