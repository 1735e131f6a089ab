package dev.orthant.osrm;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;

import org.bytedeco.javacpp.DoublePointer;

/** Products of parts of row-major matrices in native memory. */
final class Gemm {

  private final Cursor first = new Cursor();
  private final Cursor second = new Cursor();
  private final Cursor result = new Cursor();

  /**
   * A part of a matrix.
   *
   * @param memory of the whole matrix
   * @param index of the part's first element
   * @param stride from one row to the next
   */
  record Part(DoublePointer memory, long index, int stride) {}

  /** {@code c = alpha * a b + beta * c}, c [m, n], k summands. */
  void times(int m, int n, int k, double alpha, Part a, Part b, double beta, Part c) {
    run(CblasNoTrans, CblasNoTrans, m, n, k, alpha, a, b, beta, c);
  }

  /** {@code c = alpha * a b' + beta * c}, c [m, n], k summands. */
  void timesTransposed(int m, int n, int k, double alpha, Part a, Part b, double beta, Part c) {
    run(CblasNoTrans, CblasTrans, m, n, k, alpha, a, b, beta, c);
  }

  /** {@code c = alpha * a' b + beta * c}, c [m, n], k summands. */
  void transposedTimes(int m, int n, int k, double alpha, Part a, Part b, double beta, Part c) {
    run(CblasTrans, CblasNoTrans, m, n, k, alpha, a, b, beta, c);
  }

  private void run(
      int formOfA,
      int formOfB,
      int m,
      int n,
      int k,
      double alpha,
      Part a,
      Part b,
      double beta,
      Part c) {
    if (m == 0 || n == 0 || k == 0 && beta == 1) {
      return;
    }
    cblas_dgemm(
        CblasRowMajor,
        formOfA,
        formOfB,
        m,
        n,
        k,
        alpha,
        first.at(a),
        a.stride,
        second.at(b),
        b.stride,
        beta,
        result.at(c),
        c.stride);
  }

  private static final class Cursor extends DoublePointer {
    Cursor at(Part part) {
      address = part.memory.address() + Double.BYTES * part.index;
      return this;
    }
  }
}
