package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.TileSource;
import java.util.Arrays;

/** The elements of deltas. */
final class Dense {

  private Dense() {}

  /** The elements of a delta, to be read only; a dense one is not copied. */
  static ElementTiles tiles(Delta delta) {
    return ElementTiles.of(delta instanceof DenseDelta dense ? dense.values() : delta.dense());
  }

  /** The elements of several deltas. */
  static ElementTiles[] tiles(Delta[] deltas) {
    return Arrays.stream(deltas).map(Dense::tiles).toArray(ElementTiles[]::new);
  }

  /** A dense delta of computed elements. */
  static DenseDelta delta(long[] shape, TileSource elements) {
    ElementTiles out = ElementTiles.zeros(shape);
    float[] tile = new float[ElementTiles.TILE];
    for (long at = 0; at < out.size(); at += ElementTiles.TILE) {
      int length = (int) Math.min(ElementTiles.TILE, out.size() - at);
      elements.read(at, tile, length);
      out.write(at, tile, length);
    }
    return new DenseDelta(out.array());
  }
}
