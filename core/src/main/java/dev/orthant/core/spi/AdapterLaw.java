package dev.orthant.core.spi;

/**
 * Laws of the adapter contract. Forward equal to x * (W + delta)', the input's gradient equal to
 * finite differences, and equal seeds, save and load, and a resumed training giving equal bits hold
 * for every adapter and are not listed.
 */
public enum AdapterLaw {
  /** A fresh adapter has a delta of exactly zero. */
  IDENTITY_AT_START,
  /** A fresh adapter has a delta of zero but for the rounding of its factors. */
  IDENTITY_TO_ROUNDING_AT_START,
  /**
   * The parameters' gradients are those of the forward pass. Not so where a method leaves a part of
   * the pass out of its gradient on purpose, as DoRA does with its norms.
   */
  WHOLE_GRADIENTS,
  /** Doubling alpha doubles the delta. */
  LINEAR_IN_ALPHA,
  /** The rank of the delta is at most the configured rank. */
  RANK_BOUNDED,
  /** With a frozen basis the row space of the delta stays within the basis' span. */
  ROWS_WITHIN_BASIS
}
