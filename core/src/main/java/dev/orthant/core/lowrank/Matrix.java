package dev.orthant.core.lowrank;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A dense matrix in double precision, row-major, for computing between reading and writing
 * single-precision factors. The elements of a matrix are not changed after it was made.
 */
public final class Matrix {

  /*
   * Factors are stored in single precision, but Gram matrices square their condition, so everything
   * between reading and writing factors is done in double.
   *
   * Decompositions are ours and not LAPACK's: most of LAPACK goes through dtrmm and dtrsm, and those
   * of the OpenBLAS 0.3.19 that ND4J brings are wrong with the kernels for AVX-512 (SkylakeX and
   * Cooperlake), without any error. Those kernels are worth having, for their sgemm is up to seven
   * times faster than what OpenBLAS chooses on a processor that it does not know; their dgemm is
   * right.
   *
   * Products of rank-sized matrices are plain loops: BLAS hands even those to its threads, and on a
   * busy machine waiting for them costs milliseconds where the product takes microseconds.
   */

  /** Some units of rounding in double precision, for each row or column. */
  private static final double RANK_ROUNDING = 8 * Math.ulp(1.0);

  private static final long SMALL_PRODUCT = 1L << 21; // multiplications, about a millisecond

  private final int rows;
  private final int columns;
  private final double[] values; // [rows, columns]

  /**
   * @param values [rows, columns] row-major; kept, not copied, so not to be changed any more
   */
  public Matrix(int rows, int columns, double[] values) {
    if (values.length != (long) rows * columns) {
      throw new IllegalArgumentException(
          "a matrix [%d, %d] has %d elements, was %d"
              .formatted(rows, columns, (long) rows * columns, values.length));
    }
    this.rows = rows;
    this.columns = columns;
    this.values = values;
  }

  /**
   * The elements of a matrix.
   *
   * @param what its name, for the message
   * @throws IllegalArgumentException if an element is not finite
   */
  public static Matrix of(String what, INDArray array) {
    Matrix matrix = unchecked(array);
    for (int i = 0; i < matrix.values.length; i++) {
      if (!Double.isFinite(matrix.values[i])) {
        throw new IllegalArgumentException(
            "%s must be finite, was %s at [%d, %d]"
                .formatted(what, matrix.values[i], i / matrix.columns, i % matrix.columns));
      }
    }
    return matrix;
  }

  /** The elements of a matrix, whatever they are. */
  static Matrix unchecked(INDArray array) {
    float[] source = ElementTiles.toHeap(array);
    double[] values = new double[source.length];
    for (int i = 0; i < source.length; i++) {
      values[i] = source[i];
    }
    return new Matrix((int) array.size(0), (int) array.size(1), values);
  }

  /** A matrix of rows of one length. */
  static Matrix ofRows(double[][] rows, int columns) {
    double[] values = new double[rows.length * columns];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, values, i * columns, columns);
    }
    return new Matrix(rows.length, columns, values);
  }

  /** A copy of the rows. */
  double[][] toRows() {
    double[][] out = new double[rows][];
    for (int i = 0; i < rows; i++) {
      out[i] = Arrays.copyOfRange(values, i * columns, (i + 1) * columns);
    }
    return out;
  }

  /** The identity [n, n]. */
  public static Matrix identity(int n) {
    double[] values = new double[n * n];
    for (int i = 0; i < n; i++) {
      values[i * n + i] = 1;
    }
    return new Matrix(n, n, values);
  }

  /** Matrices of equally many rows, side by side. */
  public static Matrix beside(List<Matrix> parts) {
    int rows = parts.get(0).rows;
    int columns = parts.stream().mapToInt(Matrix::columns).sum();
    double[] out = new double[rows * columns];
    int at = 0;
    for (Matrix part : parts) {
      if (part.rows != rows) {
        throw new IllegalArgumentException(
            "matrices side by side have equally many rows, were %d and %d"
                .formatted(rows, part.rows));
      }
      for (int i = 0; i < rows; i++) {
        System.arraycopy(part.values, i * part.columns, out, i * columns + at, part.columns);
      }
      at += part.columns;
    }
    return new Matrix(rows, columns, out);
  }

  /** The number of rows. */
  public int rows() {
    return rows;
  }

  /** The number of columns. */
  public int columns() {
    return columns;
  }

  /** The product of this and another matrix. */
  public Matrix times(Matrix other) {
    return product(false, other, false);
  }

  /** The product of this matrix' transpose and another matrix. */
  public Matrix transposeTimes(Matrix other) {
    return product(true, other, false);
  }

  /** The product of this matrix and another one's transpose. */
  public Matrix timesTranspose(Matrix other) {
    return product(false, other, true);
  }

  /** Sum of the element-wise products. */
  public double dot(Matrix other) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i] * other.values[i];
    }
    return sum;
  }

  /** The first {@code count} columns, column j multiplied by {@code factors[j]}. */
  public Matrix scaledColumns(int count, double[] factors) {
    double[] out = new double[rows * count];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < count; j++) {
        out[i * count + j] = values[i * columns + j] * factors[j];
      }
    }
    return new Matrix(rows, count, out);
  }

  /** The first {@code count} rows, row i multiplied by {@code factors[i]}. */
  public Matrix scaledRows(int count, double[] factors) {
    double[] out = new double[count * columns];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < columns; j++) {
        out[i * columns + j] = values[i * columns + j] * factors[i];
      }
    }
    return new Matrix(count, columns, out);
  }

  /** {@code factor} times this matrix. */
  public Matrix scaled(double factor) {
    double[] out = new double[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = factor * values[i];
    }
    return new Matrix(rows, columns, out);
  }

  /** {@code this + factor * other}; both of one shape. */
  public Matrix plus(double factor, Matrix other) {
    if (other.rows != rows || other.columns != columns) {
      throw new IllegalArgumentException(
          "a sum needs equal shapes, were [%d, %d] and [%d, %d]"
              .formatted(rows, columns, other.rows, other.columns));
    }
    double[] out = new double[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[i] + factor * other.values[i];
    }
    return new Matrix(rows, columns, out);
  }

  /** The Frobenius norm. */
  public double norm() {
    return Math.sqrt(dot(this));
  }

  /** The element at a place. */
  public double at(int row, int column) {
    return values[row * columns + column];
  }

  /** The elements, row-major; not to be changed. */
  public double[] values() {
    return values;
  }

  /** The columns from {@code from} to {@code to}, exclusive. */
  public Matrix columns(int from, int to) {
    double[] out = new double[rows * (to - from)];
    for (int i = 0; i < rows; i++) {
      System.arraycopy(values, i * columns + from, out, i * (to - from), to - from);
    }
    return new Matrix(rows, to - from, out);
  }

  /** The rows from {@code from} to {@code to}, exclusive. */
  public Matrix rows(int from, int to) {
    return new Matrix(to - from, columns, Arrays.copyOfRange(values, from * columns, to * columns));
  }

  /** The transpose. */
  public Matrix transpose() {
    double[] out = new double[values.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        out[j * rows + i] = values[i * columns + j];
      }
    }
    return new Matrix(columns, rows, out);
  }

  /** The elements rounded to single precision, row-major. */
  public INDArray toArray() {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return Nd4j.createFromArray(out).reshape('c', rows, columns);
  }

  /** The thin decomposition Q R with Q [rows, k], R [k, columns], k = min(rows, columns). */
  public Qr qr() {
    return HouseholderQr.of(this);
  }

  /**
   * The solution X of {@code this * X = right}, for this symmetric and positive definite.
   *
   * @param right [n, k]
   * @throws ArithmeticException if this is not positive definite to double precision
   */
  public Matrix solvePositive(Matrix right) {
    return Cholesky.of(this).solve(right);
  }

  /** The thin singular value decomposition, values in descending order. */
  public Svd svd() {
    if (rows >= columns) {
      return JacobiSvd.of(this);
    }
    Svd turned = JacobiSvd.of(transpose());
    return new Svd(turned.vt().transpose(), turned.s(), turned.u().transpose());
  }

  private Matrix product(boolean transposeThis, Matrix other, boolean transposeOther) {
    int m = transposeThis ? columns : rows;
    int k = transposeThis ? rows : columns;
    int n = transposeOther ? other.rows : other.columns;
    int inner = transposeOther ? other.columns : other.rows;
    if (k != inner) {
      throw new IllegalArgumentException(
          "a product needs equal inner dimensions, were %d and %d".formatted(k, inner));
    }
    if ((long) m * n * k <= SMALL_PRODUCT) {
      double[] out = new double[m * n];
      addProduct(transposeThis, other, transposeOther, m, n, k, out);
      return new Matrix(m, n, out);
    }
    return new Matrix(m, n, NativeProduct.of(factor(transposeThis), other.factor(transposeOther)));
  }

  private NativeProduct.Factor factor(boolean transposed) {
    return new NativeProduct.Factor(values, rows, columns, transposed);
  }

  private void addProduct(
      boolean transposeThis,
      Matrix other,
      boolean transposeOther,
      int m,
      int n,
      int k,
      double[] out) {
    int down = transposeThis ? 1 : columns; // distance of elements (i, p) and (i + 1, p)
    int across = transposeThis ? columns : 1;
    int otherDown = transposeOther ? 1 : other.columns;
    int otherAcross = transposeOther ? other.columns : 1;
    for (int i = 0; i < m; i++) {
      for (int p = 0; p < k; p++) {
        double x = values[i * down + p * across];
        for (int j = 0; j < n; j++) {
          out[i * n + j] += x * other.values[p * otherDown + j * otherAcross];
        }
      }
    }
  }

  /** Q with orthonormal columns and R upper triangular. */
  public record Qr(Matrix q, Matrix r) {}

  /**
   * Left singular vectors in columns, values descending, right singular vectors in rows. Those of
   * the shorter side, which are unit vectors otherwise, are zero where the value is.
   */
  public record Svd(Matrix u, double[] s, Matrix vt) {

    /** How many values are not zero to rounding in double precision. */
    public int rank() {
      return rank(Math.max(u.rows, vt.columns) * RANK_ROUNDING);
    }

    /** How many values are above a share of the greatest. */
    public int rank(double share) {
      int rank = 0;
      while (rank < s.length && s[rank] > share * s[0]) {
        rank++;
      }
      return rank;
    }
  }
}
