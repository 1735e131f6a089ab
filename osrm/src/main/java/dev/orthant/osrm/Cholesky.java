package dev.orthant.osrm;

/** The decomposition {@code M = U'U} of a positive definite matrix, U upper triangular. */
final class Cholesky {

  /*
   * Written out, because LAPACK's dpotrf goes through dtrsm, which is wrong in the OpenBLAS 0.3.19
   * that ND4J brings with its kernels for AVX-512. All inner loops run along rows, and take four
   * rows off another one at a time, so that each element that is loaded and stored serves four
   * products.
   */

  private static final int STRIP = 4;

  private final int d;
  private final double[] u; // [d, d]; nothing is read below the diagonal

  private Cholesky(double[] u, int d) {
    this.u = u;
    this.d = d;
  }

  /**
   * @param m [d, d], symmetric; not modified
   * @throws ArithmeticException if it is not positive definite to rounding
   */
  static Cholesky of(double[] m, int d) {
    Cholesky cholesky = new Cholesky(m.clone(), d);
    cholesky.factorise();
    return cholesky;
  }

  /** {@code U'^-1 X} for X [d, d], fresh. */
  double[] solveTransposed(double[] x) {
    double[] y = x.clone();
    for (int k = 0; k < d; k += STRIP) {
      int end = Math.min(k + STRIP, d);
      for (int i = k; i < end; i++) {
        for (int above = k; above < i; above++) {
          subtract(y, i, 0, y, above, u[above * d + i]);
        }
        scale(y, i, 0, 1 / u[i * d + i]);
      }
      for (int i = end; i < d; i++) {
        subtractStrip(y, i, 0, y, k, end, i);
      }
    }
    return y;
  }

  /** {@code U^-1 v'} for each row v, as a row. */
  Rows solve(Rows rows) {
    double[] v = rows.values().clone();
    for (int row = 0; row < v.length; row += d) {
      for (int i = d - 1; i >= 0; i--) {
        double sum = v[row + i];
        for (int j = i + 1; j < d; j++) {
          sum -= u[i * d + j] * v[row + j];
        }
        v[row + i] = sum / u[i * d + i];
      }
    }
    return new Rows(v, d);
  }

  private void factorise() {
    for (int k = 0; k < d; k += STRIP) {
      int end = Math.min(k + STRIP, d);
      for (int i = k; i < end; i++) {
        for (int above = k; above < i; above++) {
          subtract(u, i, i, u, above, u[above * d + i]);
        }
        double square = u[i * d + i];
        if (!(square > 0)) {
          throw new ArithmeticException(
              "a matrix of %d rows is not positive definite: pivot %d is %s"
                  .formatted(d, i, square));
        }
        scale(u, i, i, 1 / Math.sqrt(square));
      }
      for (int i = end; i < d; i++) {
        subtractStrip(u, i, i, u, k, end, i);
      }
    }
  }

  /** Row i of y, from a column on, minus rows [k, end) of x times column i of u in those rows. */
  private void subtractStrip(double[] y, int i, int from, double[] x, int k, int end, int column) {
    if (end - k < STRIP) {
      for (int row = k; row < end; row++) {
        subtract(y, i, from, x, row, u[row * d + column]);
      }
      return;
    }
    double c0 = u[k * d + column];
    double c1 = u[(k + 1) * d + column];
    double c2 = u[(k + 2) * d + column];
    double c3 = u[(k + 3) * d + column];
    int to = i * d;
    int x0 = k * d;
    int x1 = x0 + d;
    int x2 = x1 + d;
    int x3 = x2 + d;
    for (int j = from; j < d; j++) {
      y[to + j] -= c0 * x[x0 + j] + c1 * x[x1 + j] + c2 * x[x2 + j] + c3 * x[x3 + j];
    }
  }

  private void subtract(double[] y, int i, int from, double[] x, int row, double factor) {
    for (int j = from; j < d; j++) {
      y[i * d + j] -= factor * x[row * d + j];
    }
  }

  private void scale(double[] y, int i, int from, double factor) {
    for (int j = from; j < d; j++) {
      y[i * d + j] *= factor;
    }
  }
}
