package dev.orthant.core.lowrank;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A low-rank approximation of a matrix D from the range of D (D'D)^q G with G random (Halko,
 * Martinsson and Tropp, SIAM Review 2011), where a full decomposition would take too long.
 *
 * <p>With Q an orthonormal basis of that range and B = Q'D, the approximation is the truncated
 * decomposition of Q B. Its error is not estimated but known, since Q is orthonormal: {@code
 * ||D||^2 - sum of the squares of the kept singular values of B}. Equal seeds give equal bits.
 */
final class RandomizedSvd {

  private static final int OVERSAMPLING = 16;
  private static final int POWER_ITERATIONS = 3;

  private final Matrix matrix; // [rows, columns]
  private final long seed;

  RandomizedSvd(Matrix matrix, long seed) {
    this.matrix = matrix;
    this.seed = seed;
  }

  /**
   * The decomposition that holds a share of the energy in its first {@code maxRank} values, or as
   * much of it as that many hold. More directions are tried until there are enough.
   */
  Matrix.Svd of(int maxRank, double energy) {
    int most = Math.min(matrix.rows(), matrix.columns());
    double all = matrix.norm() * matrix.norm();
    int size = Math.min(maxRank, 32);
    while (true) {
      int width = Math.min(most, size + OVERSAMPLING);
      if (2 * width >= most) {
        return matrix.svd();
      }
      Matrix.Svd svd = range(width);
      int kept = Math.min(size, maxRank);
      double held = Arrays.stream(svd.s()).limit(kept).map(s -> s * s).sum();
      if (kept == maxRank || held >= energy * all) {
        return svd;
      }
      size *= 2;
    }
  }

  private Matrix.Svd range(int width) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] gaussian = new double[matrix.columns() * width];
    Arrays.setAll(gaussian, i -> random.nextGaussian());
    Matrix q = matrix.times(new Matrix(matrix.columns(), width, gaussian)).qr().q();
    for (int i = 0; i < POWER_ITERATIONS; i++) {
      q = matrix.times(matrix.transposeTimes(q).qr().q()).qr().q();
    }
    Matrix.Qr right = matrix.transposeTimes(q).qr(); // D'Q = Q2 R, so B = R'Q2'
    Matrix.Svd small = right.r().transpose().svd();
    return new Matrix.Svd(q.times(small.u()), small.s(), small.vt().timesTranspose(right.q()));
  }
}
