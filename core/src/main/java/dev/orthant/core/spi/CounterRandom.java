package dev.orthant.core.spi;

import java.nio.charset.StandardCharsets;

/**
 * Random numbers by position: each is a function of the key and an index, so neither threads nor
 * order change them.
 *
 * <p>The generator is SplitMix64's finaliser (Steele, Lea and Flood, OOPSLA 2014) applied to key +
 * index * the golden gamma.
 */
public final class CounterRandom {

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private final long key;

  private CounterRandom(long key) {
    this.key = key;
  }

  /** The generator of a seed and a path of names. */
  public static CounterRandom of(long seed, String... path) {
    return new CounterRandom(seed(seed, path));
  }

  /** A seed derived from another one and a path of names. */
  public static long seed(long seed, String... path) {
    long h = mix(seed + GOLDEN_GAMMA);
    for (String name : path) {
      for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
        h = (h ^ (b & 0xff)) * 0x100000001b3L;
      }
      h = mix(h + GOLDEN_GAMMA);
    }
    return h;
  }

  /**
   * The generator that has at index 0 what this one has at an offset: for a block of a tensor, the
   * numbers of its place in the whole.
   */
  public CounterRandom from(long offset) {
    return new CounterRandom(key + offset * GOLDEN_GAMMA);
  }

  /** 64 random bits at an index. */
  public long bits(long index) {
    return mix(key + (index + 1) * GOLDEN_GAMMA);
  }

  /** Overwrites the start of an array with the 64 random bits at an index and the next ones. */
  public void bits(long index, long[] into, int count) {
    long start = key + (index + 1) * GOLDEN_GAMMA;
    for (int k = 0; k < count; k++) {
      into[k] = k * GOLDEN_GAMMA;
    }
    for (int k = 0; k < count; k++) { // long after long, which processors do eight at a time
      long z = start + into[k];
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      into[k] = z ^ (z >>> 31);
    }
  }

  /** A number uniform in [0, 1), a multiple of 2^-53, at an index. */
  public double uniform(long index) {
    return (bits(index) >>> 11) * 0x1.0p-53;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
