package dev.orthant.core.lowrank;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A small dense matrix in double precision, row-major. The arrays of a matrix are not changed after
 * it was made.
 */
final class Matrix {

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

  private static final long SMALL_PRODUCT = 1L << 21; // multiplications, about a millisecond

  private final int rows;
  private final int columns;
  private final double[] values; // [rows, columns]

  Matrix(int rows, int columns, double[] values) {
    this.rows = rows;
    this.columns = columns;
    this.values = values;
  }

  /** The elements of a matrix, which must be finite. */
  static Matrix of(String what, INDArray array) {
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

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  /** The product of this and another matrix. */
  Matrix times(Matrix other) {
    return product(false, other, false);
  }

  /** The product of this matrix' transpose and another matrix. */
  Matrix transposeTimes(Matrix other) {
    return product(true, other, false);
  }

  /** The product of this matrix and another one's transpose. */
  Matrix timesTranspose(Matrix other) {
    return product(false, other, true);
  }

  /** Sum of the element-wise products. */
  double dot(Matrix other) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i] * other.values[i];
    }
    return sum;
  }

  /** The first {@code count} columns, column j multiplied by {@code factors[j]}. */
  Matrix scaledColumns(int count, double[] factors) {
    double[] out = new double[rows * count];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < count; j++) {
        out[i * count + j] = values[i * columns + j] * factors[j];
      }
    }
    return new Matrix(rows, count, out);
  }

  /** The first {@code count} rows, row i multiplied by {@code factors[i]}. */
  Matrix scaledRows(int count, double[] factors) {
    double[] out = new double[count * columns];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < columns; j++) {
        out[i * columns + j] = values[i * columns + j] * factors[i];
      }
    }
    return new Matrix(count, columns, out);
  }

  Matrix transpose() {
    double[] out = new double[values.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        out[j * rows + i] = values[i * columns + j];
      }
    }
    return new Matrix(columns, rows, out);
  }

  INDArray toArray() {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return Nd4j.createFromArray(out).reshape('c', rows, columns);
  }

  /** The thin decomposition Q R with Q [rows, k], R [k, columns], k = min(rows, columns). */
  Qr qr() {
    return HouseholderQr.of(this);
  }

  /** The thin singular value decomposition, values in descending order. */
  Svd svd() {
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
  record Qr(Matrix q, Matrix r) {}

  /**
   * Left singular vectors in columns, values descending, right singular vectors in rows. Those of
   * the shorter side, which are unit vectors otherwise, are zero where the value is.
   */
  record Svd(Matrix u, double[] s, Matrix vt) {}
}
