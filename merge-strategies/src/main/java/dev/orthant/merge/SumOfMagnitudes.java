package dev.orthant.merge;

import dev.orthant.core.lowrank.ElementTiles;
import java.util.Arrays;

/**
 * Adds up magnitudes tile by tile: each place of a tile has a sum of its own in single precision,
 * of a few tiles, which runs on vectors; those are added up in double.
 */
final class SumOfMagnitudes {

  private static final int TILES = 16;

  private final float[] places = new float[ElementTiles.TILE];
  private int tiles;
  private double total;

  void add(float[] tile, int length) {
    for (int k = 0; k < length; k++) {
      places[k] += Math.abs(tile[k]);
    }
    if (++tiles == TILES) {
      flush();
    }
  }

  double total() {
    flush();
    return total;
  }

  private void flush() {
    for (float place : places) {
      total += place;
    }
    Arrays.fill(places, 0);
    tiles = 0;
  }
}
