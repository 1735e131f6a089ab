package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.core.spi.MergerFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < vectors.length; i++) {
      Delta delta = new DenseDelta(Nd4j.createFromArray(vectors[i]));
      inputs.add(
          AdapterInput.of("x" + i, Map.of("m", delta))
              .withWeight(i < weights.length ? weights[i] : 1));
    }
    return MergeEngine.builder(factory, config)
        .build()
        .mergeAdapters(inputs, null)
        .deltas()
        .get("m")
        .dense()
        .toFloatVector();
  }

  static float[] vector(float... values) {
    return values;
  }
}
