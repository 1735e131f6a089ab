package dev.orthant.core.merge.stream;

/** Sums of squares of many numbers; for one thread. */
final class SumOfSquares {

  /*
   * A thousand sums in single precision side by side, of some dozen squares each, run on vectors;
   * they are then added up in double. What single precision cannot hold is done again in double.
   */

  private static final int LANES = 1 << 10;

  private final float[] lanes = new float[LANES];

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
      square(values, from);
      for (int at = from + LANES; at < to; at += LANES) {
        addSquares(values, at);
      }
      for (float lane : lanes) {
        sum += lane;
      }
    }
    return sum;
  }

  private void square(float[] values, int at) {
    for (int k = 0; k < LANES; k++) {
      lanes[k] = values[at + k] * values[at + k];
    }
  }

  private void addSquares(float[] values, int at) {
    for (int k = 0; k < LANES; k++) {
      lanes[k] += values[at + k] * values[at + k];
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
