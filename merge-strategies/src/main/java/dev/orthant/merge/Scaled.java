package dev.orthant.merge;

import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.MergeTensor;

/** Multiplies what another sparsifier keeps by a number. */
record Scaled(Sparsifier sparsifier, double factor) implements Sparsifier {

  @Override
  public ElementMask mask(MergeTensor tensor, int i, TileSource delta) {
    return mask(sparsifier.mask(tensor, i, delta), factor);
  }

  static ElementMask mask(ElementMask mask, double factor) {
    return (tile, offset, length) -> {
      mask.applyInPlace(tile, offset, length);
      for (int k = 0; k < length; k++) {
        tile[k] = (float) (factor * tile[k]);
      }
    };
  }
}
