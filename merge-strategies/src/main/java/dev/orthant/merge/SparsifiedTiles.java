package dev.orthant.merge;

import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.MergeTensor;

/** Tiles of all inputs' deltas, sparsified; for one pass in ascending order. */
final class SparsifiedTiles {

  private final TileSource[] deltas;
  private final ElementMask[] masks;
  private final float[][] tiles; // [inputs][TILE]

  SparsifiedTiles(Sparsifier sparsifier, MergeTensor tensor, TileSource[] deltas) {
    this.deltas = deltas;
    this.masks = new ElementMask[deltas.length];
    for (int i = 0; i < masks.length; i++) {
      masks[i] = sparsifier.mask(tensor, i, deltas[i]);
    }
    this.tiles = new float[deltas.length][ElementTiles.TILE];
  }

  /** The elements from an offset on, [inputs][length]; valid until the next call. */
  float[][] read(long offset, int length) {
    for (int i = 0; i < tiles.length; i++) {
      deltas[i].read(offset, tiles[i], length);
      masks[i].applyInPlace(tiles[i], offset, length);
    }
    return tiles;
  }
}
