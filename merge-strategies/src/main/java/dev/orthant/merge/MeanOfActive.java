package dev.orthant.merge;

import dev.orthant.core.lowrank.ElementTiles;
import java.util.Arrays;

/**
 * The mean over the inputs that are not zero at an element; where it is one input only, its value
 * times a factor of that input.
 *
 * @param unique what each input's elements are multiplied by where it is alone; empty for 1
 */
record MeanOfActive(double[] unique) implements Combination {

  /** Without factors. */
  static MeanOfActive plain() {
    return new MeanOfActive(new double[] {});
  }

  @Override
  public Step with(double[] weights) {
    int[] active = new int[ElementTiles.TILE];
    double[] factors = new double[ElementTiles.TILE]; // their sum over the active inputs
    return (tiles, out, length) -> {
      Arrays.fill(out, 0, length, 0);
      Arrays.fill(active, 0, length, 0);
      Arrays.fill(factors, 0, length, 0);
      for (int i = 0; i < tiles.length; i++) {
        float[] tile = tiles[i];
        double factor = unique.length == 0 ? 1 : unique[i];
        for (int k = 0; k < length; k++) {
          boolean isActive = tile[k] != 0;
          out[k] += tile[k];
          active[k] += isActive ? 1 : 0;
          factors[k] += isActive ? factor : 0;
        }
      }
      for (int k = 0; k < length; k++) {
        out[k] *= active[k] > 1 ? 1.0 / active[k] : factors[k];
      }
    };
  }
}
