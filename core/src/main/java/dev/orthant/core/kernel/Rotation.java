package dev.orthant.core.kernel;

import java.util.Arrays;

/**
 * Rotary position embedding (Su et al., 2021, arXiv:2104.09864): at position p the elements i and i
 * + width / 2 of a head are turned as a pair by the angle {@code p * frequencies[i]}, which is
 * computed in single precision.
 *
 * <p>Pairs lie half a head apart, as in Hugging Face's checkpoints; those that interleave them have
 * other rows in the weights of queries and keys.
 */
public final class Rotation {

  private static final int FIRST = 256; // positions

  private final float[] frequencies; // [width / 2]
  private volatile float[] table = {}; // [positions, width], the cosines and then the sines

  private Rotation(float[] frequencies) {
    this.frequencies = frequencies;
  }

  /**
   * Given frequencies.
   *
   * @param frequencies [width / 2], in radians a position
   */
  public static Rotation of(float[] frequencies) {
    if (frequencies.length == 0) {
      throw new IllegalArgumentException("a rotation needs at least one frequency");
    }
    return new Rotation(frequencies.clone());
  }

  /** The frequencies {@code theta^(-2 i / width)} of a head of even width. */
  public static Rotation of(int width, double theta) {
    if (width < 2 || width % 2 != 0) {
      throw new IllegalArgumentException("a rotated head has an even width, was " + width);
    }
    float[] frequencies = new float[width / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) Math.pow(theta, -2.0 * i / width);
    }
    return new Rotation(frequencies);
  }

  /** The elements of a head. */
  public int width() {
    return 2 * frequencies.length;
  }

  /** At least so many positions of [positions, width]: width / 2 cosines, then as many sines. */
  float[] table(int positions) {
    float[] known = table;
    if (known.length < positions * width()) {
      known = grow(positions);
    }
    return known;
  }

  private synchronized float[] grow(int positions) {
    int width = width();
    int from = table.length / width;
    int to = Math.max(Math.max(positions, FIRST), 2 * from);
    float[] grown = Arrays.copyOf(table, to * width);
    for (int p = from; p < to; p++) {
      for (int i = 0; i < frequencies.length; i++) {
        float angle = p * frequencies[i];
        grown[p * width + i] = (float) Math.cos(angle);
        grown[p * width + frequencies.length + i] = (float) Math.sin(angle);
      }
    }
    table = grown;
    return grown;
  }
}
