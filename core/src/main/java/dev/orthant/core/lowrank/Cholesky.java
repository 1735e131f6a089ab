package dev.orthant.core.lowrank;

import java.util.Arrays;

/** The factor L, lower triangular, of a symmetric positive definite matrix {@code L L'}. */
public final class Cholesky {

  /*
   * In blocks of columns, looking left: what the columns before a block contribute to it is one
   * product, so all but a small share of the work is done by the native BLAS. LAPACK's own goes
   * through dtrsm, which cannot be relied on (see Matrix).
   */

  private static final int BLOCK = 64;

  private final int n;
  private final double[] l; // [n, n], above the diagonal undefined

  private Cholesky(Matrix matrix) {
    this.n = matrix.rows();
    this.l = matrix.values().clone();
  }

  /**
   * The factor of a matrix.
   *
   * @throws ArithmeticException if the matrix is not positive definite to double precision
   */
  public static Cholesky of(Matrix matrix) {
    if (matrix.rows() != matrix.columns()) {
      throw new IllegalArgumentException(
          "a symmetric matrix is square, was [%d, %d]".formatted(matrix.rows(), matrix.columns()));
    }
    Cholesky cholesky = new Cholesky(matrix);
    for (int first = 0; first < cholesky.n; first += BLOCK) {
      cholesky.eliminate(first, Math.min(cholesky.n, first + BLOCK));
    }
    return cholesky;
  }

  /** The solution X [n, k] of {@code L L' X = right}. */
  public Matrix solve(Matrix right) {
    return solveUpper(solveLower(right));
  }

  /** The solution X [n, k] of {@code L X = right}. */
  public Matrix solveLower(Matrix right) {
    double[] x = copy(right); // [n, k]
    int k = right.columns();
    for (int first = 0; first < n; first += BLOCK) {
      int last = Math.min(n, first + BLOCK);
      subtract(block(first, last, 0, first).times(known(x, k, 0, first)), x, first, k);
      forward(x, k, first, last);
    }
    return new Matrix(n, k, x);
  }

  /** The solution X [n, k] of {@code L' X = right}. */
  public Matrix solveUpper(Matrix right) {
    double[] x = copy(right); // [n, k]
    int k = right.columns();
    for (int first = (n - 1) / BLOCK * BLOCK; first >= 0; first -= BLOCK) {
      int last = Math.min(n, first + BLOCK);
      subtract(block(last, n, first, last).transposeTimes(known(x, k, last, n)), x, first, k);
      backward(x, k, first, last);
    }
    return new Matrix(n, k, x);
  }

  private double[] copy(Matrix right) {
    if (right.rows() != n) {
      throw new IllegalArgumentException(
          "%d equations have %d right sides, were %d".formatted(n, n, right.rows()));
    }
    return right.values().clone();
  }

  /** Turns the columns of a block into columns of L. */
  private void eliminate(int first, int last) {
    Matrix before = block(first, n, 0, first); // [n - first, first]
    Matrix contributed = before.timesTranspose(before.rows(0, last - first));
    for (int i = first; i < n; i++) {
      for (int j = first; j < last; j++) {
        l[i * n + j] -= contributed.at(i - first, j - first);
      }
    }
    for (int j = first; j < last; j++) {
      double pivot = l[j * n + j] - squares(j, first, j);
      if (!(pivot > 0)) {
        throw new ArithmeticException(
            "a matrix [%d, %d] is not positive definite: pivot %d is %.3e"
                .formatted(n, n, j, pivot));
      }
      double root = Math.sqrt(pivot);
      l[j * n + j] = root;
      for (int i = j + 1; i < n; i++) {
        double sum = l[i * n + j];
        for (int p = first; p < j; p++) {
          sum -= l[i * n + p] * l[j * n + p];
        }
        l[i * n + j] = sum / root;
      }
    }
  }

  private double squares(int row, int from, int to) {
    double sum = 0;
    for (int p = from; p < to; p++) {
      sum += l[row * n + p] * l[row * n + p];
    }
    return sum;
  }

  private Matrix block(int fromRow, int toRow, int fromColumn, int toColumn) {
    int width = toColumn - fromColumn;
    double[] out = new double[(toRow - fromRow) * width];
    for (int i = fromRow; i < toRow; i++) {
      System.arraycopy(l, i * n + fromColumn, out, (i - fromRow) * width, width);
    }
    return new Matrix(toRow - fromRow, width, out);
  }

  private static Matrix known(double[] x, int k, int from, int to) {
    return new Matrix(to - from, k, Arrays.copyOfRange(x, from * k, to * k));
  }

  private static void subtract(Matrix product, double[] x, int first, int k) {
    double[] values = product.values();
    for (int i = 0; i < values.length; i++) {
      x[first * k + i] -= values[i];
    }
  }

  private void forward(double[] x, int k, int first, int last) {
    for (int i = first; i < last; i++) {
      for (int p = first; p < i; p++) {
        addRow(x, k, i, -l[i * n + p], p);
      }
      divideRow(x, k, i);
    }
  }

  private void backward(double[] x, int k, int first, int last) {
    for (int i = last - 1; i >= first; i--) {
      for (int p = i + 1; p < last; p++) {
        addRow(x, k, i, -l[p * n + i], p);
      }
      divideRow(x, k, i);
    }
  }

  private static void addRow(double[] x, int k, int to, double factor, int from) {
    for (int j = 0; j < k; j++) {
      x[to * k + j] += factor * x[from * k + j];
    }
  }

  private void divideRow(double[] x, int k, int row) {
    double pivot = l[row * n + row];
    for (int j = 0; j < k; j++) {
      x[row * k + j] /= pivot;
    }
  }
}
