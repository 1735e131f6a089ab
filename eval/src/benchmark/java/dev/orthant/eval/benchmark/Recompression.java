package dev.orthant.eval.benchmark;

import java.util.SplittableRandom;

/** Eight adapters of rank 16 on a square matrix of a model with seven billion parameters. */
final class Recompression {

  static final int ADAPTERS = 8;
  static final int RANK = 16;
  static final int SIZE = 4096;

  private Recompression() {}

  /** The first (A) or second (B) factor of an adapter, [RANK * SIZE]. */
  static float[] factor(int adapter, int which) {
    SplittableRandom random = new SplittableRandom(31L * adapter + which);
    float[] values = new float[RANK * SIZE];
    for (int k = 0; k < values.length; k++) {
      int rank = which == 0 ? k / SIZE : k % RANK;
      values[k] = (float) ((random.nextDouble() - 0.5) / (1 + rank)); // a falling spectrum
    }
    return values;
  }
}
