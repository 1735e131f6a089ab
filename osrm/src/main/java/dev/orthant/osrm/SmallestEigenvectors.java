package dev.orthant.osrm;

import org.bytedeco.openblas.global.openblas;

/** The lower end of a symmetric matrix' spectrum, in double precision. */
final class SmallestEigenvectors {

  /*
   * LAPACK reduces the matrix to tridiagonal form (dsytrd) and finds only the eigenvectors asked for
   * (dstemr); rotating those few back is done here. The driver that does all of it, dsyevr, is not
   * used: it goes through dtrmm, and the dtrmm of the OpenBLAS 0.3.19 that ND4J brings is wrong with
   * the kernels for AVX-512 (SkylakeX and Cooperlake): the vectors are then garbage, without any
   * error. What is returned has been verified, in a small fraction of the time.
   *
   * Single precision would be twice as fast, but loses the small eigenvalues that matter here: at a
   * condition number of 1e8 the trace is twice the optimum.
   */

  /** Far above rounding, far below what a broken library gives; relative to the trace. */
  private static final double TOLERANCE = 1e-9;

  private final double[] symmetric; // [d, d]
  private final int d;
  private final int count;
  private final double[] eigenvalues; // [d]
  private final double[] rows; // [count, d]

  private SmallestEigenvectors(double[] symmetric, int d, int count) {
    this.symmetric = symmetric;
    this.d = d;
    this.count = count;
    this.eigenvalues = new double[d];
    this.rows = new double[count * d];
  }

  /**
   * Orthonormal eigenvectors of the smallest eigenvalues, in ascending order.
   *
   * @param symmetric [d, d], finite; not modified
   * @param count how many, at most d
   * @return [count, d], each row with its element of largest magnitude positive
   * @throws ArithmeticException if the library in use computes wrongly
   */
  static double[] of(double[] symmetric, int d, int count) {
    SmallestEigenvectors result = new SmallestEigenvectors(symmetric, d, count);
    result.solve();
    result.verify();
    result.makeLargestPositive();
    return result.rows;
  }

  private void solve() {
    double[] reflectors = symmetric.clone(); // LAPACK's columns, below the subdiagonal
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
            eigenvalues,
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

  private void verify() {
    double trace = 0;
    for (int i = 0; i < d; i++) {
      trace += Math.abs(symmetric[i * d + i]);
    }
    for (int i = 0; i < count; i++) {
      for (int j = 0; j <= i; j++) {
        double product = dot(rows, i * d, rows, j * d);
        requireSmall(product - (i == j ? 1 : 0), TOLERANCE);
      }
      for (int k = 0; k < d; k++) {
        double residual = dot(symmetric, k * d, rows, i * d) - eigenvalues[i] * rows[i * d + k];
        requireSmall(residual, TOLERANCE * trace);
      }
    }
  }

  private void makeLargestPositive() {
    for (int row = 0; row < rows.length; row += d) {
      int largest = row;
      for (int i = row; i < row + d; i++) {
        largest = Math.abs(rows[i]) > Math.abs(rows[largest]) ? i : largest;
      }
      if (rows[largest] < 0) {
        for (int i = row; i < row + d; i++) {
          rows[i] = -rows[i];
        }
      }
    }
  }

  private double dot(double[] a, int fromA, double[] b, int fromB) {
    double sum = 0;
    for (int i = 0; i < d; i++) {
      sum += a[fromA + i] * b[fromB + i];
    }
    return sum;
  }

  private static void requireSmall(double error, double allowed) {
    if (!(Math.abs(error) <= allowed)) {
      throw new ArithmeticException(
          "the BLAS library in use computes wrong eigenvectors (off by %.1e, at most %.1e is"
                  .formatted(error, allowed)
              + " rounding); with OpenBLAS, try the environment variable OPENBLAS_CORETYPE=Haswell");
    }
  }

  private static void requireSuccess(String routine, int info) {
    if (info != 0) {
      throw new ArithmeticException("%s failed with info = %d".formatted(routine, info));
    }
  }
}
