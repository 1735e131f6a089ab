package dev.orthant.core.lowrank;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgeqrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dgesdd;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dgesvd;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dorgqr;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A small dense matrix in double precision, row-major, over LAPACK. The arrays of a matrix are not
 * changed after it was made.
 */
final class Matrix {

  /*
   * Factors are stored in single precision, but Gram matrices square their condition, so everything
   * between reading and writing factors is done in double. LAPACK and not Commons Math because a
   * decomposition of 1024 columns takes a fifth of a second there and seconds here. dgesdd (divide
   * and conquer) is the fast one; where it does not converge, the slower dgesvd does.
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
    int k = Math.min(rows, columns);
    double[] work = values.clone();
    double[] reflectors = new double[k];
    succeed("dgeqrf", LAPACKE_dgeqrf(CblasRowMajor, rows, columns, work, columns, reflectors));
    double[] r = new double[k * columns];
    double[] q = new double[rows * k];
    for (int i = 0; i < k; i++) {
      System.arraycopy(work, i * columns + i, r, i * columns + i, columns - i);
    }
    for (int i = 0; i < rows; i++) {
      System.arraycopy(work, i * columns, q, i * k, k);
    }
    succeed("dorgqr", LAPACKE_dorgqr(CblasRowMajor, rows, k, k, q, k, reflectors));
    return new Qr(new Matrix(rows, k, q), new Matrix(k, columns, r));
  }

  /** The thin singular value decomposition, values in descending order. */
  Svd svd() {
    int k = Math.min(rows, columns);
    double[] u = new double[rows * k];
    double[] s = new double[k];
    double[] vt = new double[k * columns];
    int info =
        LAPACKE_dgesdd(
            CblasRowMajor,
            (byte) 'S',
            rows,
            columns,
            values.clone(),
            columns,
            s,
            u,
            k,
            vt,
            columns);
    if (info > 0) {
      info =
          LAPACKE_dgesvd(
              CblasRowMajor,
              (byte) 'S',
              (byte) 'S',
              rows,
              columns,
              values.clone(),
              columns,
              s,
              u,
              k,
              vt,
              columns,
              new double[Math.max(1, k)]);
    }
    succeed("dgesvd", info);
    return new Svd(new Matrix(rows, k, u), s, new Matrix(k, columns, vt));
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
    double[] out = new double[m * n];
    if ((long) m * n * k <= SMALL_PRODUCT) {
      addProduct(transposeThis, other, transposeOther, m, n, k, out);
      return new Matrix(m, n, out);
    }
    cblas_dgemm(
        CblasRowMajor,
        transposeThis ? CblasTrans : CblasNoTrans,
        transposeOther ? CblasTrans : CblasNoTrans,
        m,
        n,
        k,
        1.0,
        values,
        columns,
        other.values,
        other.columns,
        0.0,
        out,
        n);
    return new Matrix(m, n, out);
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

  private static void succeed(String routine, int info) {
    if (info != 0) {
      throw new IllegalStateException("LAPACK's " + routine + " failed, info = " + info);
    }
  }

  /** Q with orthonormal columns and R upper triangular. */
  record Qr(Matrix q, Matrix r) {}

  /** Left singular vectors in columns, values descending, right singular vectors in rows. */
  record Svd(Matrix u, double[] s, Matrix vt) {}
}
