package dev.orthant.merge;

/** Which elements of a tensor are not dropped, one bit each. */
final class KeptElements {

  private final long[] words;

  KeptElements(long size) {
    words = new long[Math.toIntExact((size + Long.SIZE - 1) / Long.SIZE)];
  }

  /** Notes which elements are not zero, from an offset on. */
  void note(float[] tile, long offset, int length) {
    for (int k = 0; k < length; k++) {
      long bit = tile[k] == 0 ? 0 : 1;
      words[(int) (offset + k >>> 6)] |= bit << (offset + k);
    }
  }

  /** Drops the others. */
  ElementMask mask() {
    return (tile, offset, length) -> {
      for (int k = 0; k < length; k++) {
        boolean kept = (words[(int) (offset + k >>> 6)] >>> (offset + k) & 1) != 0;
        tile[k] = Branchless.orZero(kept, tile[k]);
      }
    };
  }
}
