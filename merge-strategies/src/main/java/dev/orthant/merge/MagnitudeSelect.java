package dev.orthant.merge;

import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.TileSource;

/**
 * Finds the magnitude of a rank among numbers that are shown to it twice and never stored.
 *
 * <p>Magnitudes of single-precision numbers are ordered as the integers of their bits. The first
 * pass counts by the upper 16 bits, which tells the bin of the rank sought; the second counts the
 * lower 16 bits within that bin. The result is exact, for any number of elements, in 0.8 MB.
 */
final class MagnitudeSelect {

  private static final int MAGNITUDE_BITS = 0x7fffffff;

  private final long[] upper = new long[1 << 15];
  private final long[] lower = new long[1 << 16];
  private long total;
  private int bin = -1;
  private long rankInBin;
  private long aboveBin;

  /** Shows numbers; in the second pass the same ones as in the first. */
  void add(float[] tile, int length) {
    if (bin < 0) {
      for (int k = 0; k < length; k++) {
        upper[(Float.floatToRawIntBits(tile[k]) & MAGNITUDE_BITS) >>> 16]++;
      }
      total += length;
    } else {
      for (int k = 0; k < length; k++) {
        int bits = Float.floatToRawIntBits(tile[k]) & MAGNITUDE_BITS;
        if (bits >>> 16 == bin) {
          lower[bits & 0xffff]++;
        }
      }
    }
  }

  /** How many numbers the first pass has shown. */
  long total() {
    return total;
  }

  /**
   * Ends the first pass.
   *
   * @param rank of the magnitude sought, 1 for the smallest
   */
  void narrowTo(long rank) {
    if (rank < 1 || rank > total) {
      throw new IllegalArgumentException("rank must be in [1, %d], was %d".formatted(total, rank));
    }
    long below = 0;
    int b = 0;
    while (below + upper[b] < rank) {
      below += upper[b++];
    }
    bin = b;
    rankInBin = rank - below;
    aboveBin = total - below - upper[b];
  }

  /** The magnitude of the rank, after the second pass. */
  float value() {
    return Float.intBitsToFloat(bin << 16 | lowerBin());
  }

  /** How many magnitudes are greater than {@link #value()}. */
  long above() {
    long above = aboveBin;
    for (int b = lowerBin() + 1; b < lower.length; b++) {
      above += lower[b];
    }
    return above;
  }

  /** How many magnitudes equal {@link #value()}. */
  long equal() {
    return lower[lowerBin()];
  }

  private int lowerBin() {
    long below = 0;
    int b = 0;
    while (below + lower[b] < rankInBin) {
      below += lower[b++];
    }
    return b;
  }

  /** Both passes over numbers. */
  static MagnitudeSelect of(TileSource elements, long rank) {
    MagnitudeSelect select = new MagnitudeSelect();
    select.addAll(elements);
    select.narrowTo(rank);
    select.addAll(elements);
    return select;
  }

  /** Shows all numbers of a source. */
  void addAll(TileSource elements) {
    float[] tile = new float[ElementTiles.TILE];
    for (long at = 0; at < elements.size(); at += ElementTiles.TILE) {
      int length = (int) Math.min(ElementTiles.TILE, elements.size() - at);
      elements.read(at, tile, length);
      add(tile, length);
    }
  }
}
