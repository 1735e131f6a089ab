package dev.orthant.core.spi;

/**
 * Laws of the adapter contract. Forward equal to x * (W + delta)', gradients equal to finite
 * differences, equal seeds giving equal bits, and save and load giving equal bits hold for every
 * adapter and are not listed.
 */
public enum AdapterLaw {
  /** A fresh adapter has a delta of exactly zero. */
  IDENTITY_AT_START,
  /** Doubling alpha doubles the delta. */
  LINEAR_IN_ALPHA,
  /** The rank of the delta is at most the configured rank. */
  RANK_BOUNDED,
  /** With a frozen basis the row space of the delta stays within the basis' span. */
  ROWS_WITHIN_BASIS
}
