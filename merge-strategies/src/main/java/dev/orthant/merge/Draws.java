package dev.orthant.merge;

import dev.orthant.core.lowrank.ElementTiles;
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

    /** Sets the elements from an index on that are not kept to zero. */
    default void dropInPlace(float[] tile, long index, int length, double probability) {
      for (int k = 0; k < length; k++) {
        tile[k] = Branchless.orZero(keeps(index + k, probability), tile[k]);
      }
    }
  }

  /**
   * Random numbers.
   *
   * @param bits for a tile of them
   */
  record Random(CounterRandom random, long[] bits) implements Draw {

    @Override
    public boolean keeps(long index, double probability) {
      return random.uniform(index) < probability;
    }

    /** The same with the numbers compared as integers, of which uniform ones are multiples. */
    @Override
    public void dropInPlace(float[] tile, long index, int length, double probability) {
      random.bits(index, bits, length);
      long limit = (long) Math.ceil(probability * 0x1.0p53);
      for (int k = 0; k < length; k++) {
        tile[k] = Branchless.orZero(bits[k] >>> 11 < limit, tile[k]);
      }
    }
  }

  /** The run's random numbers. */
  static Draws random() {
    return (tensor, i) -> {
      return new Random(tensor.random(i), new long[ElementTiles.TILE]);
    };
  }
}
