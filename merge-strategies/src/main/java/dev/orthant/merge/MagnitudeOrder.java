package dev.orthant.merge;

import java.util.Arrays;

/**
 * Orders numbers by magnitude, again and again for as many of them.
 *
 * <p>A radix sort of the bits, four of eight: it takes the same time for any numbers, and of equal
 * magnitudes the earlier stays first.
 */
final class MagnitudeOrder {

  private static final int DIGITS = 4;
  private static final int RADIX = 1 << 8;

  private final int[] keys;
  private final int[] indices;
  private final int[] otherKeys;
  private final int[] otherIndices;
  private final int[][] starts = new int[DIGITS][RADIX];

  /** For a fixed count of numbers. */
  MagnitudeOrder(int count) {
    this.keys = new int[count];
    this.indices = new int[count];
    this.otherKeys = new int[count];
    this.otherIndices = new int[count];
  }

  /** The indices in ascending order of magnitude, valid until the next call. */
  int[] of(float[] values) {
    for (int[] digit : starts) {
      Arrays.fill(digit, 0);
    }
    for (int k = 0; k < keys.length; k++) {
      int magnitude = Float.floatToRawIntBits(values[k]) & 0x7fffffff; // ordered as integers are
      keys[k] = magnitude;
      indices[k] = k;
      for (int digit = 0; digit < DIGITS; digit++) {
        starts[digit][magnitude >>> (8 * digit) & 0xff]++;
      }
    }
    for (int[] digit : starts) {
      int start = 0;
      for (int value = 0; value < RADIX; value++) {
        int count = digit[value];
        digit[value] = start;
        start += count;
      }
    }
    for (int digit = 0; digit < DIGITS; digit += 2) {
      scatter(keys, indices, otherKeys, otherIndices, digit);
      scatter(otherKeys, otherIndices, keys, indices, digit + 1);
    }
    return indices;
  }

  private void scatter(int[] fromKeys, int[] from, int[] toKeys, int[] to, int digit) {
    int[] next = starts[digit];
    int shift = 8 * digit;
    for (int k = 0; k < fromKeys.length; k++) {
      int at = next[fromKeys[k] >>> shift & 0xff]++;
      toKeys[at] = fromKeys[k];
      to[at] = from[k];
    }
  }
}
