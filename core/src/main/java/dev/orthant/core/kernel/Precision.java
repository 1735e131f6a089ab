package dev.orthant.core.kernel;

/** The numbers that products with frozen weights are computed from; sums are always in fp32. */
public enum Precision {
  /** Single precision, 24 significant bits. */
  FP32,
  /**
   * Weights and the other factor are rounded to bfloat16: the range of single precision, 8
   * significant bits, so a relative error of up to 2^-8 in each factor.
   */
  BF16
}
