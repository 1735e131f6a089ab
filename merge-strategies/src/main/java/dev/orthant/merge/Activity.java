package dev.orthant.merge;

import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.MergeTensor;

/**
 * Keeps the elements whose magnitude is above a threshold.
 *
 * @param epsilon the threshold, at least 0
 */
record Activity(double epsilon) implements Sparsifier {

  @Override
  public ElementMask mask(MergeTensor tensor, int i, TileSource delta) {
    // the greatest float that is not above epsilon
    float rounded = (float) epsilon;
    float bound = rounded > epsilon ? Math.nextDown(rounded) : rounded;
    return (tile, offset, length) -> {
      for (int k = 0; k < length; k++) {
        float value = tile[k];
        tile[k] = Branchless.orZero(Math.abs(value) > bound, value);
      }
    };
  }
}
