package dev.orthant.core.spi;

/** Laws of the constraint contract. That statistics are not modified holds for all. */
public enum ConstraintLaw {
  /** The rows of the basis are orthonormal. */
  ORTHONORMAL_ROWS,
  /**
   * trace(basis S basis') is the sum of the rank smallest eigenvalues of the others' second moment
   * S, equally weighted by task.
   */
  MINIMAL_TRACE,
  /** Scaling all statistics by a positive number does not change the basis' span. */
  SCALE_INVARIANT
}
