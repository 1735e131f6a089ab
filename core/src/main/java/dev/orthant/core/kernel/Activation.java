package dev.orthant.core.kernel;

/**
 * What feed-forward layers apply to each element. All but {@link #GELU} and {@link #RELU} are
 * {@code x * sigmoid(g(x))}.
 */
public enum Activation {
  /**
   * The exact GELU, {@code x * (1 + erf(x / sqrt 2)) / 2} (Hendrycks and Gimpel, 2016). The error
   * is about 2e-7 * |x|.
   */
  GELU,
  /**
   * The GELU's approximation {@code x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2}, which
   * GPT-2 and the newer T5 use.
   */
  GELU_TANH,
  /** The GELU's approximation {@code x * sigmoid(1.702 x)}. */
  QUICK_GELU,
  /** {@code x * sigmoid(x)}, also called swish. */
  SILU,
  /** {@code max(x, 0)}; its gradient at 0 is 0. */
  RELU
}
