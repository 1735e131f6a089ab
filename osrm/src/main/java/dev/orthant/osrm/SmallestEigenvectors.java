package dev.orthant.osrm;

import java.util.Optional;

/** The lower end of a symmetric matrix' spectrum, in double precision. */
final class SmallestEigenvectors {

  /*
   * Large positive semidefinite matrices are searched through their inverse, all others are reduced
   * to tridiagonal form. What is returned has been verified, in a small fraction of the time: some
   * BLAS libraries compute wrongly without any error.
   *
   * Single precision would be twice as fast, but loses the small eigenvalues that matter here: at a
   * condition number of 1e8 the trace is twice the optimum.
   */

  /** Far above rounding, far below what a broken library gives; relative to the trace. */
  private static final double TOLERANCE = 1e-9;

  /** What the search has to attain to be believed; a few times rounding. */
  private static final double STRICT = 1e-13;

  private final double[] symmetric; // [d, d]
  private final int d;
  private final int count;
  private final double trace;

  private SmallestEigenvectors(double[] symmetric, int d, int count) {
    this.symmetric = symmetric;
    this.d = d;
    this.count = count;
    double sum = 0;
    for (int i = 0; i < d; i++) {
      sum += Math.abs(symmetric[i * d + i]);
    }
    this.trace = sum;
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
    return new SmallestEigenvectors(symmetric, d, count).solve();
  }

  private double[] solve() {
    Optional<double[]> searched =
        InverseKrylov.suits(d, count)
            ? InverseKrylov.smallest(symmetric, d, count)
            : Optional.empty();
    double[] rows =
        searched
            .filter(found -> error(found) <= STRICT)
            .orElseGet(() -> TridiagonalSolver.smallest(symmetric, d, count));
    double error = error(rows);
    if (!(error <= TOLERANCE)) {
      throw new ArithmeticException(
          "the BLAS library in use computes wrong eigenvectors (off by %.1e, at most %.1e is"
                  .formatted(error, TOLERANCE)
              + " rounding); with OpenBLAS, try the environment variable OPENBLAS_CORETYPE=Haswell");
    }
    makeLargestPositive(rows);
    return rows;
  }

  /**
   * The largest deviation of an inner product from orthonormality, or of an element of {@code S v -
   * lambda v} from 0 relative to the trace.
   */
  private double error(double[] rows) {
    double[] images = images(rows);
    double error = 0;
    for (int i = 0; i < count; i++) {
      for (int j = 0; j <= i; j++) {
        error = worse(error, dot(rows, i, rows, j) - (i == j ? 1 : 0));
      }
      double eigenvalue = dot(rows, i, images, i);
      for (int k = i * d; k < (i + 1) * d; k++) {
        double residual = images[k] - eigenvalue * rows[k];
        error = worse(error, residual == 0 ? 0 : residual / trace);
      }
    }
    return error;
  }

  /** The rows times the matrix, [count, d]. */
  private double[] images(double[] rows) {
    double[] images = new double[count * d];
    for (int k = 0; k < d; k++) {
      for (int i = 0; i < count; i++) {
        double factor = rows[i * d + k];
        for (int j = 0; j < d; j++) {
          images[i * d + j] += factor * symmetric[k * d + j];
        }
      }
    }
    return images;
  }

  /** The larger magnitude; NaN if either is. */
  private static double worse(double error, double other) {
    return Math.max(error, Math.abs(other));
  }

  private void makeLargestPositive(double[] rows) {
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

  private double dot(double[] a, int rowOfA, double[] b, int rowOfB) {
    double sum = 0;
    for (int i = 0; i < d; i++) {
      sum += a[rowOfA * d + i] * b[rowOfB * d + i];
    }
    return sum;
  }
}
