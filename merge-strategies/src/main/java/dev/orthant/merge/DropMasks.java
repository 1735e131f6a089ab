package dev.orthant.merge;

import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.MergeTensor;
import java.util.function.LongPredicate;

/** Which elements survive dropping. */
@FunctionalInterface
interface DropMasks {

  /** Whether input i keeps the element of an index in row-major order. */
  LongPredicate kept(MergeTensor tensor, int i);

  /** Each element is kept with probability {@code density}, by the run's random numbers. */
  static DropMasks random(double density) {
    return (tensor, i) -> {
      CounterRandom random = tensor.random(i);
      return index -> random.uniform(index) < density;
    };
  }
}
