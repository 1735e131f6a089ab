package dev.orthant.adapters.lora;

import dev.orthant.core.lowrank.Matrix;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The leading eigenvectors of a covariance.
 *
 * @param rows the eigenvectors [count, d], orthonormal, each with its element of largest magnitude
 *     positive
 * @param variances their eigenvalues, descending
 * @param total the trace of the covariance
 */
record PrincipalDirections(Matrix rows, double[] variances, double total) {

  /*
   * Subspace iteration with more directions than wanted, which stops when the wanted ones solve the
   * eigenproblem to rounding; where it does not get there, and for small matrices, by the full
   * decomposition.
   */

  private static final int MORE = 24;
  private static final int MAX_ITERATIONS = 200;

  /** Largest element of C v - lambda v, relative to the trace. */
  private static final double RESIDUAL = 1e-11;

  /**
   * @param covariance [d, d], symmetric and positive semidefinite
   * @param count how many, at most d
   */
  static PrincipalDirections of(Matrix covariance, int count) {
    int d = covariance.rows();
    double total = 0;
    for (int i = 0; i < d; i++) {
      total += covariance.at(i, i);
    }
    int width = count + MORE;
    if (4 * width <= d) {
      PrincipalDirections found = iterate(covariance, count, width, total);
      if (found != null) {
        return found;
      }
    }
    Matrix.Svd svd = covariance.svd();
    return made(svd.vt().rows(0, count), Arrays.copyOf(svd.s(), count), total);
  }

  private static @Nullable PrincipalDirections iterate(
      Matrix covariance, int count, int width, double total) {
    int d = covariance.rows();
    SplittableRandom random = new SplittableRandom(d);
    double[] gaussian = new double[d * width];
    Arrays.setAll(gaussian, i -> random.nextGaussian());
    Matrix q = new Matrix(d, width, gaussian).qr().q();
    for (int i = 0; i < MAX_ITERATIONS; i++) {
      Matrix image = covariance.times(q); // [d, width]
      Matrix.Svd small = q.transposeTimes(image).svd(); // Rayleigh and Ritz
      Matrix vectors = q.times(small.u());
      Matrix images = image.times(small.u());
      if (residual(vectors, images, small.s(), count) <= RESIDUAL * total) {
        Matrix rows = vectors.columns(0, count).transpose();
        return made(rows, Arrays.copyOf(small.s(), count), total);
      }
      q = images.qr().q();
    }
    return null;
  }

  private static double residual(Matrix vectors, Matrix images, double[] values, int count) {
    double worst = 0;
    for (int i = 0; i < vectors.rows(); i++) {
      for (int j = 0; j < count; j++) {
        worst = Math.max(worst, Math.abs(images.at(i, j) - values[j] * vectors.at(i, j)));
      }
    }
    return worst;
  }

  private static PrincipalDirections made(Matrix rows, double[] variances, double total) {
    double[] signs = new double[rows.rows()];
    for (int i = 0; i < signs.length; i++) {
      double largest = 0;
      for (int j = 0; j < rows.columns(); j++) {
        largest = Math.abs(rows.at(i, j)) > Math.abs(largest) ? rows.at(i, j) : largest;
      }
      signs[i] = largest < 0 ? -1 : 1;
    }
    return new PrincipalDirections(rows.scaledRows(signs.length, signs), variances, total);
  }
}
