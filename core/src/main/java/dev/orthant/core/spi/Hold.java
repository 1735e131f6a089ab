package dev.orthant.core.spi;

/** How a constrained basis is held while an adapter trains. */
public sealed interface Hold {

  /** The basis is where training starts; nothing holds it there. */
  record InitOnly() implements Hold {}

  /** The basis does not change. */
  record Frozen() implements Hold {}

  /** Rows may move within the span of the basis: after each step they are projected onto it. */
  record Projected() implements Hold {}

  /**
   * The loss has the added term {@code weight * trace(A S A')}, where S is the second moment that
   * the basis was chosen from.
   *
   * @param weight a positive number
   */
  record Penalty(double weight) implements Hold {

    /** Refuses weights that are not positive and finite. */
    public Penalty {
      if (!(weight > 0) || Double.isInfinite(weight)) {
        throw new IllegalArgumentException("penalty weight must be positive, was " + weight);
      }
    }
  }
}
