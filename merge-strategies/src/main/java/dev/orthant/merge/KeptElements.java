package dev.orthant.merge;

/** Which elements of a tensor are not dropped, one bit each, in tiles that begin at whole words. */
final class KeptElements {

  private final long[] words;

  KeptElements(long size) {
    words = new long[Math.toIntExact((size + Long.SIZE - 1) / Long.SIZE)];
  }

  /** Notes which elements are not zero, from an offset on. */
  void note(float[] tile, long offset, int length) {
    for (int k = 0; k < length; k += Long.SIZE) {
      long word = 0;
      int bits = Math.min(Long.SIZE, length - k);
      for (int j = 0; j < bits; j++) {
        int magnitude = Float.floatToRawIntBits(tile[k + j]) & 0x7fffffff;
        word |= (long) (-magnitude >>> 31) << j; // 1 if it is not 0
      }
      words[word(offset + k)] = word;
    }
  }

  /** Drops the others. */
  ElementMask mask() {
    return (tile, offset, length) -> {
      for (int k = 0; k < length; k += Long.SIZE) {
        long word = words[word(offset + k)];
        int bits = Math.min(Long.SIZE, length - k);
        for (int j = 0; j < bits; j++) {
          int all = -(int) (word >>> j & 1);
          tile[k + j] = Float.intBitsToFloat(Float.floatToRawIntBits(tile[k + j]) & all);
        }
      }
    };
  }

  private static int word(long offset) {
    if (offset % Long.SIZE != 0) {
      throw new IllegalArgumentException("tiles begin at multiples of 64, was " + offset);
    }
    return (int) (offset / Long.SIZE);
  }
}
