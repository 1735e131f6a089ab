package dev.orthant.core.nn;

import dev.orthant.core.kernel.Kernels;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The parameters of a layer normalisation, or of an RMS normalisation.
 *
 * @param gamma [d]
 * @param beta [d], or null for RMS normalisation
 * @param eps added to the variance or the mean square
 */
public record Norm(INDArray gamma, @Nullable INDArray beta, float eps) {

  /** The number of columns of what is kept of each row. */
  int statistics() {
    return beta == null ? 1 : 2;
  }

  /**
   * {@code s = x + residual}, y its normalisation.
   *
   * @param x [n, d], overwritten by s
   * @param residual [n, d], or null for none
   * @param stats [n, statistics], overwritten
   * @param y [n, d], overwritten
   */
  void forward(
      Kernels kernels, INDArray x, @Nullable INDArray residual, INDArray stats, INDArray y) {
    if (beta == null) {
      kernels.rmsNorm(x, residual, gamma, eps, stats, y);
    } else {
      kernels.layerNorm(x, residual, gamma, beta, eps, stats, y);
    }
  }

  /**
   * @param dy [n, d]
   * @param s [n, d], as left by the forward pass
   * @param stats [n, statistics], as left by the forward pass
   * @param ds [n, d], overwritten; may be dy
   */
  void backward(Kernels kernels, INDArray dy, INDArray s, INDArray stats, INDArray ds) {
    if (beta == null) {
      kernels.rmsNormGradient(dy, s, stats, gamma, ds);
    } else {
      kernels.layerNormGradient(dy, s, stats, gamma, ds);
    }
  }
}
