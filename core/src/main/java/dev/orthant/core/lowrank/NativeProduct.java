package dev.orthant.core.lowrank;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;

import java.util.SplittableRandom;

/** The product of two matrices by the native BLAS, verified. */
final class NativeProduct {

  /*
   * A BLAS with kernels that do not fit the processor returns garbage without an error. So C = A B
   * is checked as C x = A (B x) for a random x (Freivalds, 1977), against what rounding can do,
   * a share of |A| (|B| x). For square matrices that is a few passes over them.
   */

  /** Far above rounding (k units in 2^53), far below garbage. */
  private static final double TOLERANCE = 1e-10;

  private NativeProduct() {}

  /** One factor, as it is stored or as its transpose. */
  record Factor(double[] values, int rows, int columns, boolean transposed) {

    private int height() {
      return transposed ? columns : rows;
    }

    private int width() {
      return transposed ? rows : columns;
    }

    private int form() {
      return transposed ? CblasTrans : CblasNoTrans;
    }

    /** The product with a vector; that of the magnitudes, if so asked. */
    private double[] times(double[] x, boolean magnitudes) {
      double[] out = new double[height()];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          double value = values[i * columns + j];
          out[transposed ? j : i] += (magnitudes ? Math.abs(value) : value) * x[transposed ? i : j];
        }
      }
      return out;
    }
  }

  /**
   * The elements [a.height, b.width], row-major.
   *
   * @throws ArithmeticException if the library in use computes wrongly
   */
  static double[] of(Factor a, Factor b) {
    double[] product = new double[a.height() * b.width()];
    cblas_dgemm(
        CblasRowMajor,
        a.form(),
        b.form(),
        a.height(),
        b.width(),
        a.width(),
        1.0,
        a.values,
        a.columns,
        b.values,
        b.columns,
        0.0,
        product,
        b.width());
    verify(a, b, new Factor(product, a.height(), b.width(), false));
    return product;
  }

  /** Rows that infinite or undefined elements reach are not looked at. */
  static void verify(Factor a, Factor b, Factor product) {
    SplittableRandom random = new SplittableRandom(product.values.length);
    double[] x = random.doubles(b.width(), 1, 2).toArray();
    double[] actual = product.times(x, false);
    double[] expected = a.times(b.times(x, false), false);
    double[] scale = a.times(b.times(x, true), true);
    for (int i = 0; i < actual.length; i++) {
      double error = Math.abs(actual[i] - expected[i]);
      if (Double.isFinite(scale[i]) && !(error <= TOLERANCE * scale[i])) {
        throw new ArithmeticException(
            "the BLAS library in use computes wrong products (row %d is off by %.1e, at most %.1e"
                    .formatted(i, error, TOLERANCE * scale[i])
                + " is rounding); with OpenBLAS, try the environment variable"
                + " OPENBLAS_CORETYPE=Haswell");
      }
    }
  }
}
