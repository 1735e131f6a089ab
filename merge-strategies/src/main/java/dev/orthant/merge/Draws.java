package dev.orthant.merge;

import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.MergeTensor;

/** Where chance comes from when elements are dropped. */
@FunctionalInterface
interface Draws {

  /** The draws of input i at a tensor. */
  Draw of(MergeTensor tensor, int i);

  /** One draw an element. */
  @FunctionalInterface
  interface Draw {

    /** Whether the element of an index in row-major order is kept. */
    boolean keeps(long index, double probability);
  }

  /** The run's random numbers. */
  static Draws random() {
    return (tensor, i) -> {
      CounterRandom random = tensor.random(i);
      return (index, probability) -> random.uniform(index) < probability;
    };
  }
}
