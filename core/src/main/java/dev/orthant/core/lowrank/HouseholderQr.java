package dev.orthant.core.lowrank;

/**
 * The thin decomposition of a matrix [rows, columns] into Q [rows, k] with orthonormal columns and
 * R [k, columns] upper triangular, k = min(rows, columns), by reflections (Householder, 1958). Of
 * any rank; where columns depend on each other, R's diagonal is zero to rounding.
 */
final class HouseholderQr {

  /*
   * A reflection is I - v v' with |v|^2 = 2. Both halves of applying it, v'X and X - v (v'X), go
   * through X row by row with a stride of one, which the JIT compiler turns into vector
   * instructions.
   */

  private final int columns;
  private final double[][] work; // [rows][columns], becomes R
  private final double[][] reflectors; // [k][rows - i]

  private HouseholderQr(Matrix matrix) {
    this.columns = matrix.columns();
    this.work = matrix.toRows();
    this.reflectors = new double[Math.min(matrix.rows(), columns)][];
  }

  static Matrix.Qr of(Matrix matrix) {
    HouseholderQr qr = new HouseholderQr(matrix);
    qr.reduce();
    return new Matrix.Qr(qr.q(), qr.r());
  }

  private void reduce() {
    for (int i = 0; i < reflectors.length; i++) {
      reflectors[i] = reflector(i);
      reflect(reflectors[i], work, i, columns);
    }
  }

  /** What reflects the column from its diagonal element on onto a multiple of (1, 0, ..., 0). */
  private double[] reflector(int column) {
    double[] v = new double[work.length - column];
    double square = 0;
    for (int i = 0; i < v.length; i++) {
      v[i] = work[column + i][column];
      square += v[i] * v[i];
    }
    if (square == 0) {
      return v; // nothing to do, and I - v v' does nothing
    }
    double norm = Math.sqrt(square);
    double factor = 1 / Math.sqrt(norm * (norm + Math.abs(v[0])));
    v[0] += Math.copySign(norm, v[0]); // away from zero, so that nothing cancels
    for (int i = 0; i < v.length; i++) {
      v[i] *= factor;
    }
    return v;
  }

  /** x -= v (v' x) on the rows and columns from {@code first} on. */
  private static void reflect(double[] v, double[][] x, int first, int columns) {
    double[] product = new double[columns];
    for (int i = 0; i < v.length; i++) {
      add(v[i], x[first + i], product, first);
    }
    for (int i = 0; i < v.length; i++) {
      add(-v[i], product, x[first + i], first);
    }
  }

  private static void add(double factor, double[] from, double[] to, int first) {
    for (int j = first; j < to.length; j++) {
      to[j] += factor * from[j];
    }
  }

  private Matrix q() {
    int k = reflectors.length;
    double[][] q = new double[work.length][k];
    for (int i = k - 1; i >= 0; i--) {
      q[i][i] = 1;
      reflect(reflectors[i], q, i, k); // what is above and left of [i, i] is still the identity's
    }
    return Matrix.ofRows(q, k);
  }

  private Matrix r() {
    double[][] r = new double[reflectors.length][columns];
    for (int i = 0; i < r.length; i++) {
      System.arraycopy(work[i], i, r[i], i, columns - i);
    }
    return Matrix.ofRows(r, columns);
  }
}
