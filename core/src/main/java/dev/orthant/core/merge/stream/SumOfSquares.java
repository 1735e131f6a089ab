package dev.orthant.core.merge.stream;

import java.util.Arrays;

/** Sums of squares of many numbers; for one thread. */
final class SumOfSquares {

  /*
   * A thousand sums in single precision side by side, of some dozen squares each, run on vectors;
   * they are then added up in double. What single precision cannot hold is done again in double.
   */

  private static final int LANES = 1 << 10;

  private final float[] lanes = new float[LANES];
  private final float[] tile = new float[LANES]; // loops over parts of arrays do not use vectors

  /** Of the first elements of an array; infinite or NaN if one of them is. */
  double of(float[] values, int count) {
    int whole = count - count % LANES;
    double sum = whole == 0 ? 0 : inLanes(values, whole);
    return (Double.isFinite(sum) ? sum : inDouble(values, 0, whole))
        + inDouble(values, whole, count);
  }

  private double inLanes(float[] values, int count) {
    double sum = 0;
    int most = 16 * LANES;
    for (int from = 0; from < count; from += most) {
      int to = Math.min(count, from + most);
      Arrays.fill(lanes, 0);
      for (int at = from; at < to; at += LANES) {
        System.arraycopy(values, at, tile, 0, LANES);
        addSquares();
      }
      for (float lane : lanes) {
        sum += lane;
      }
    }
    return sum;
  }

  private void addSquares() {
    for (int k = 0; k < LANES; k++) {
      lanes[k] += tile[k] * tile[k];
    }
  }

  private static double inDouble(float[] values, int from, int to) {
    double sum = 0;
    for (int k = from; k < to; k++) {
      sum += (double) values[k] * values[k];
    }
    return sum;
  }
}
