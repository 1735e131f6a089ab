package dev.orthant.core.spi;

/** How a constrained basis is held while an adapter trains. */
public sealed interface Hold {

  /** The basis is where training starts; nothing holds it there. */
  record InitOnly() implements Hold {}

  /** The basis does not change. */
  record Frozen() implements Hold {}

  /**
   * A moves only where the other tasks' features are small. With Q the orthonormal rows of {@link
   * ConstrainedBasis#avoided}, the fewest leading eigenvectors of the second moment S that hold the
   * share {@code energy} of its trace, each step ends with
   *
   * <pre>
   *   A = A_0 + (A - A_0) (I - Q'Q)
   * </pre>
   *
   * so that what A answers to those directions stays what the basis A_0 answered.
   *
   * @param energy in (0, 1]; with 1 and features that span all dimensions only as many directions
   *     as the basis has rows are left to move in
   */
  record Projected(double energy) implements Hold {

    /** Refuses shares out of range. */
    public Projected {
      if (!(energy > 0 && energy <= 1)) {
        throw new IllegalArgumentException("energy must be in (0, 1], was " + energy);
      }
    }

    /** All but a hundredth of the others' energy; {@code projected} alone stands for it. */
    public static Projected defaults() {
      return new Projected(0.99);
    }
  }

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
