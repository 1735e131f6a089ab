package dev.orthant.osrm;

import org.bytedeco.openblas.global.openblas;

/** The lower end of a symmetric matrix' spectrum through LAPACK. */
final class TridiagonalSolver {

  /*
   * LAPACK reduces the matrix to tridiagonal form (dsytrd) and finds only the eigenvectors asked for
   * (dstemr); rotating those few back is done here. The driver that does all of it, dsyevr, is not
   * used: it goes through dtrmm, and the dtrmm of the OpenBLAS 0.3.19 that ND4J brings is wrong with
   * the kernels for AVX-512 (SkylakeX and Cooperlake): the vectors are then garbage, without any
   * error.
   */

  private final int d;
  private final int count;
  private final double[] rows; // [count, d]

  private TridiagonalSolver(int d, int count) {
    this.d = d;
    this.count = count;
    this.rows = new double[count * d];
  }

  /**
   * Orthonormal eigenvectors of the smallest eigenvalues, in ascending order.
   *
   * @param symmetric [d, d]; not modified
   * @return [count, d]
   * @throws ArithmeticException if LAPACK reports a failure
   */
  static double[] smallest(double[] symmetric, int d, int count) {
    TridiagonalSolver solver = new TridiagonalSolver(d, count);
    solver.solve(symmetric.clone());
    return solver.rows;
  }

  private void solve(double[] reflectors) { // LAPACK's columns, below the subdiagonal
    double[] diagonal = new double[d];
    double[] subdiagonal = new double[d];
    double[] factors = new double[d];
    requireSuccess(
        "dsytrd",
        openblas.LAPACKE_dsytrd(
            openblas.LAPACK_COL_MAJOR,
            (byte) 'L',
            d,
            reflectors,
            d,
            diagonal,
            subdiagonal,
            factors));
    solveTridiagonal(diagonal, subdiagonal);
    for (int i = d - 2; i >= 0; i--) {
      for (int row = 0; row < count; row++) {
        reflect(row * d, reflectors, i, factors[i]);
      }
    }
  }

  private void solveTridiagonal(double[] diagonal, double[] subdiagonal) {
    int[] found = new int[1];
    int[] tryForAccuracy = {1};
    requireSuccess(
        "dstemr",
        openblas.LAPACKE_dstemr(
            openblas.LAPACK_COL_MAJOR,
            (byte) 'V',
            (byte) 'I',
            d,
            diagonal,
            subdiagonal,
            0,
            0,
            1,
            count,
            found,
            new double[d],
            rows, // LAPACK's columns
            d,
            count,
            new int[2 * count],
            tryForAccuracy));
    if (found[0] != count) {
      throw new ArithmeticException(
          "dstemr found %d of %d eigenvectors".formatted(found[0], count));
    }
  }

  /** row -= factor * (row v) v', with v = (0, ..., 0, 1, column i of the reflectors below it). */
  private void reflect(int row, double[] reflectors, int i, double factor) {
    double product = rows[row + i + 1];
    for (int k = i + 2; k < d; k++) {
      product += rows[row + k] * reflectors[i * d + k];
    }
    product *= factor;
    rows[row + i + 1] -= product;
    for (int k = i + 2; k < d; k++) {
      rows[row + k] -= product * reflectors[i * d + k];
    }
  }

  private static void requireSuccess(String routine, int info) {
    if (info != 0) {
      throw new ArithmeticException("%s failed with info = %d".formatted(routine, info));
    }
  }
}
