package dev.orthant.core.kernel;

import dev.orthant.core.spi.CounterRandom;

/**
 * Which elements dropout keeps: a function of the seed and the element's index. Each 64 random bits
 * decide on two elements.
 */
final class DropoutMask {

  private final CounterRandom random;
  private final long threshold; // p * 2^32
  private final float factor;

  DropoutMask(float p, long seed) {
    if (!(p >= 0 && p < 1)) {
      throw new IllegalArgumentException("dropout probability must be in [0, 1), was " + p);
    }
    this.random = CounterRandom.of(seed);
    this.threshold = Math.round(p * 0x1.0p32);
    this.factor = 1f / (1f - p);
  }

  /** Multiplies a tile by the mask / (1 - p). */
  void apply(float[] tile, int from, int count) {
    for (int i = 0; i < count; ) {
      int index = from + i;
      long bits = random.bits(index >>> 1);
      if ((index & 1) == 0) {
        tile[i] = keeps(bits) ? tile[i] * factor : 0f;
        i++;
      }
      if (i < count) {
        tile[i] = keeps(bits >>> 32) ? tile[i] * factor : 0f;
        i++;
      }
    }
  }

  private boolean keeps(long bits) {
    return (bits & 0xffffffffL) >= threshold;
  }
}
