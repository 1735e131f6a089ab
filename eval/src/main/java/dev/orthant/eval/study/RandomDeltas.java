package dev.orthant.eval.study;

import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.CounterRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Adapters of normally distributed numbers with the ranks and Frobenius norms of trained ones. */
final class RandomDeltas {

  private RandomDeltas() {}

  /** The adapter with a random delta in place of each of its own, and its head. */
  static SavedAdapter like(SavedAdapter adapter, long seed) {
    Map<String, Delta> deltas = new LinkedHashMap<>();
    adapter
        .deltas()
        .forEach(
            (module, delta) -> {
              String task = adapter.description().task();
              long own = CounterRandom.seed(seed, "random-control", task, module);
              deltas.put(module, like(delta, new SplittableRandom(own)));
            });
    return new SavedAdapter(adapter.description(), deltas, adapter.head());
  }

  private static Delta like(Delta delta, SplittableRandom random) {
    Delta drawn =
        delta instanceof LoraDelta lora
            ? new LoraDelta(normal(lora.b().shape(), random), normal(lora.a().shape(), random), 1)
            : new DenseDelta(normal(delta.shape(), random));
    return drawn.times(delta.norm() / drawn.norm());
  }

  private static INDArray normal(long[] shape, SplittableRandom random) {
    long size = 1;
    for (long d : shape) {
      size *= d;
    }
    float[] values = new float[Math.toIntExact(size)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Nd4j.create(values, shape, 'c');
  }
}
