package dev.orthant.core.spi;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The few array operations an adapter needs, implemented by the backend in use.
 *
 * <p>All arrays are dense, row-major and single-precision. Output arrays are overwritten or added
 * to, as documented; they must not overlap the inputs.
 */
public interface MatrixOps {

  /**
   * {@code c = alpha * op(a) op(b) + beta * c}, where op transposes if asked.
   *
   * @param a [m,k], or [k,m] if {@code transposeA}
   * @param b [k,n], or [n,k] if {@code transposeB}
   * @param c [m,n]; not read when {@code beta} is 0
   */
  void gemm(
      INDArray a,
      boolean transposeA,
      INDArray b,
      boolean transposeB,
      float alpha,
      float beta,
      INDArray c);

  /**
   * {@code c = x' x}, of which only the elements on and below the diagonal are meaningful.
   *
   * @param x [n, d]
   * @param c [d, d], overwritten
   */
  default void gram(INDArray x, INDArray c) {
    gemm(x, true, x, false, 1f, 0f, c);
  }

  /**
   * Inverted dropout, {@code y = x * mask / (1 - p)}; the mask is a function of {@code seed} and of
   * the element's index alone, so that a backward pass gets the same one by the same seed.
   *
   * @param x any shape
   * @param p probability of zeroing, in [0, 1)
   * @param y same shape, overwritten; may be {@code x} itself
   */
  void dropout(INDArray x, float p, long seed, INDArray y);

  /** {@code y += alpha * x}; both of one shape. */
  void axpy(float alpha, INDArray x, INDArray y);

  /**
   * {@code y[i, j] = x[i, j] * factors[j] + shifts[j]}, without fusing the two.
   *
   * @param x [n, d]
   * @param factors [d]
   * @param shifts [d]
   * @param y [n, d], overwritten; may be {@code x} itself
   */
  default void scaleColumns(INDArray x, INDArray factors, INDArray shifts, INDArray y) {
    y.assign(x.mulRowVector(factors).addiRowVector(shifts));
  }

  /**
   * {@code sums[j] += sum over i of x[i, j] * y[i, j]}.
   *
   * @param x [n, d]
   * @param y [n, d]
   * @param sums [d]
   */
  default void addColumnDots(INDArray x, INDArray y, INDArray sums) {
    sums.addi(x.mul(y).sum(0));
  }
}
