package dev.orthant.core.lowrank;

/**
 * Numbers in row-major order, stored or computed, that can be read in blocks again and again.
 * Unless an implementation says otherwise, one thread reads at a time; ascending blocks are
 * fastest.
 */
public interface TileSource {

  /** How many there are. */
  long size();

  /** Overwrites the start of a tile with the numbers {@code offset} to {@code offset + length}. */
  void read(long offset, float[] tile, int length);

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
