package dev.orthant.core.lowrank;

import java.util.Arrays;
import java.util.Comparator;

/**
 * The thin singular value decomposition of a matrix [rows, n] with rows >= n, by a QR decomposition
 * and one-sided Jacobi rotations of R (Hestenes, 1958; rotations as by Rutishauser, 1966).
 */
final class JacobiSvd {

  /*
   * A rotation makes two rows of X, which starts as R, orthogonal; J collects the rotations. After
   * some sweeps over all pairs X = J R has orthogonal rows: their norms are the singular values,
   * their directions the right vectors, and Q J' has the left ones. Rows sorted by their norms need
   * fewer sweeps.
   *
   * A random 384 x 384 matrix takes a third of a second on one core, somewhat less than with Commons
   * Math, at a few units of rounding in reconstruction and orthogonality.
   */

  /** Twelve are needed at n = 1024; there is no matrix known that needs this many. */
  private static final int MAX_SWEEPS = 60;

  private static final int BLOCK = 32; // two blocks of rows of X and J stay in the L2 cache

  private final int n;
  private final double[][] x; // [n][n]
  private final double[][] rotations; // J [n][n]
  private final double[] squares; // [n], |x_i|^2
  private final double negligible; // cosine between two rows

  private JacobiSvd(Matrix r) {
    this.n = r.rows();
    this.x = r.toRows();
    this.rotations = new double[n][n];
    this.squares = new double[n];
    this.negligible = Math.ulp(1.0) * Math.sqrt(n);
    for (int i = 0; i < n; i++) {
      rotations[i][i] = 1;
      squares[i] = dot(x[i], x[i]);
    }
  }

  /** Of a matrix with at least as many rows as columns. */
  static Matrix.Svd of(Matrix matrix) {
    Matrix.Qr qr = matrix.qr();
    JacobiSvd jacobi = new JacobiSvd(qr.r());
    for (int sweep = 0; jacobi.sweep(); sweep++) {
      if (sweep == MAX_SWEEPS) {
        throw new ArithmeticException(
            "no singular values of a matrix [%d, %d] after %d sweeps"
                .formatted(matrix.rows(), matrix.columns(), sweep));
      }
    }
    return jacobi.result(qr.q());
  }

  /** Whether any pair had to be rotated; if none, the rows are orthogonal and sorted. */
  private boolean sweep() {
    sort();
    boolean rotated = false;
    for (int block = 0; block < n; block += BLOCK) {
      for (int other = block; other < n; other += BLOCK) {
        for (int i = block; i < Math.min(n, block + BLOCK); i++) {
          for (int j = Math.max(i + 1, other); j < Math.min(n, other + BLOCK); j++) {
            rotated |= orthogonalize(i, j);
          }
        }
      }
    }
    return rotated;
  }

  /** By descending norms. */
  private void sort() {
    double[][] oldX = x.clone();
    double[][] oldRotations = rotations.clone();
    double[] oldSquares = squares.clone();
    Integer[] order = new Integer[n];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble(i -> -oldSquares[i]));
    for (int i = 0; i < n; i++) {
      x[i] = oldX[order[i]];
      rotations[i] = oldRotations[order[i]];
      squares[i] = oldSquares[order[i]];
    }
  }

  private boolean orthogonalize(int i, int j) {
    if (squares[i] == 0 || squares[j] == 0) { // also where the square of a tiny norm underflows
      return false;
    }
    double product = dot(x[i], x[j]);
    if (Math.abs(product) <= negligible * Math.sqrt(squares[i]) * Math.sqrt(squares[j])) {
      return false;
    }
    double cotangent = (squares[j] - squares[i]) / (2 * product); // of twice the angle
    double tangent = Math.copySign(1 / (Math.abs(cotangent) + Math.hypot(1, cotangent)), cotangent);
    double cosine = 1 / Math.sqrt(1 + tangent * tangent);
    double sine = tangent * cosine;
    double half = sine / (1 + cosine); // tangent of half the angle
    rotate(x[i], x[j], sine, half);
    rotate(rotations[i], rotations[j], sine, half);
    squares[i] = dot(x[i], x[i]);
    squares[j] = dot(x[j], x[j]);
    return true;
  }

  /** cosine a - sine b and sine a + cosine b, written so that norms do not drift. */
  private static void rotate(double[] a, double[] b, double sine, double half) {
    for (int i = 0; i < a.length; i++) {
      double ai = a[i];
      double bi = b[i];
      a[i] = ai - sine * (bi + half * ai);
      b[i] = bi + sine * (ai - half * bi);
    }
  }

  /** In four sums, which do not wait for each other. */
  private static double dot(double[] a, double[] b) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i <= a.length - 4; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) {
      s0 += a[i] * b[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  private Matrix.Svd result(Matrix q) {
    double[] values = new double[n];
    double[] inverses = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = Math.sqrt(squares[i]);
      inverses[i] = values[i] == 0 ? 0 : 1 / values[i];
    }
    Matrix left = q.timesTranspose(Matrix.ofRows(rotations, n));
    return new Matrix.Svd(left, values, Matrix.ofRows(x, n).scaledRows(n, inverses));
  }
}
