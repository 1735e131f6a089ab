package dev.orthant.core.kernel;

/**
 * The arithmetic of operations that run through heap tiles. {@link PlainTileMath} is loops that the
 * compiler vectorises as far as it can, {@code VectorTileMath} the same with the JDK's vector API.
 * They agree to rounding. Instances have no state.
 *
 * <p>All tiles begin at index 0 and may be longer than what is worked on.
 */
interface TileMath {

  /** {@code x = gelu(x)}, the exact one. */
  void gelu(float[] x, int n);

  /** {@code d *= gelu'(x)}. */
  void geluGradient(float[] x, float[] d, int n);

  /** {@code x += y}. */
  void add(float[] x, float[] y, int n);

  /**
   * Normalises a row: {@code y = gamma * (s - mean(s)) / sqrt(var(s) + eps) + beta}.
   *
   * @param stats overwritten by the mean and 1 / sqrt(var + eps)
   * @param y overwritten; not s
   */
  void layerNorm(
      float[] s, float[] gamma, float[] beta, float eps, int n, float[] stats, float[] y);

  /**
   * The gradient of {@link #layerNorm} to s: {@code g = inverse * (w - mean(w) - z * mean(w * z))}
   * with w = dy * gamma and z the normalised row.
   *
   * @param dy overwritten by g
   * @param s overwritten by anything
   * @param stats mean and inverse
   */
  void layerNormGradient(float[] dy, float[] s, float[] stats, float[] gamma, int n);
}
