package dev.orthant.core.spi;

/**
 * Laws of the merger contract. That inputs are not modified, that equal seeds give equal bits on
 * any number of threads, and that a mismatched shape is refused by name hold for all.
 */
public enum MergerLaw {
  /** One input with weight 1 (and nothing dropped) is returned as it is. */
  IDENTITY_OF_ONE,
  /** The order of equally weighted inputs does not matter, to rounding. */
  ORDER_INVARIANT,
  /** Zero deltas merge to zero. */
  ZERO_TO_ZERO,
  /** Multiplying all deltas by a positive number multiplies the result by it. */
  POSITIVELY_HOMOGENEOUS,
  /** The result is linear in the deltas: low-rank and dense inputs give the same. */
  LINEAR
}
