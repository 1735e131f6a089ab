package dev.orthant.merge;

import dev.orthant.core.lowrank.ElementTiles;

/** Numbers in row-major order, stored or computed, that can be read in blocks again and again. */
interface TileSource {

  /** How many there are. */
  long size();

  /** Overwrites the start of a tile with the numbers from an offset on. */
  void read(long offset, float[] tile, int length);

  /** The elements of an array. */
  static TileSource of(ElementTiles elements) {
    return of(elements.size(), elements::read);
  }

  /** Numbers that are computed. */
  static TileSource of(long size, Reader reader) {
    return new TileSource() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public void read(long offset, float[] tile, int length) {
        reader.read(offset, tile, length);
      }
    };
  }

  /** Reads a block. */
  @FunctionalInterface
  interface Reader {

    /** Overwrites the start of a tile with the numbers from an offset on. */
    void read(long offset, float[] tile, int length);
  }
}
