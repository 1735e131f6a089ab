package dev.orthant.merge;

import dev.orthant.core.lowrank.TileSource;
import java.util.Arrays;
import java.util.OptionalDouble;

/** With which probability the elements of a delta survive dropping. */
@FunctionalInterface
interface KeepProbability {

  /** The probabilities for a delta, to be asked for in ascending order by one thread. */
  Filler of(long[] shape, TileSource delta);

  /** Probabilities of consecutive elements. */
  @FunctionalInterface
  interface Filler {

    /** Overwrites the first {@code length} elements with those of {@code offset} and after. */
    void fill(double[] probabilities, long offset, int length);
  }

  /** The probability of every element of every delta; empty if there is not just one. */
  default OptionalDouble constant() {
    return OptionalDouble.empty();
  }

  /** The same for all: DARE. */
  static KeepProbability constant(double density) {
    return new Constant(density);
  }

  /** The same for all. */
  record Constant(double density) implements KeepProbability {

    @Override
    public Filler of(long[] shape, TileSource delta) {
      return (probabilities, offset, length) -> Arrays.fill(probabilities, 0, length, density);
    }

    @Override
    public OptionalDouble constant() {
      return OptionalDouble.of(density);
    }
  }
}
