package dev.orthant.merge;

/**
 * Configuration of {@code cart}.
 *
 * @param rankFraction rank kept of each centred delta, as a share of the lesser side of the
 *     weights, in (0, 1]
 * @param lambda what the sum of the truncated centred deltas is multiplied by; finite
 */
public record CartConfig(double rankFraction, double lambda) {

  /** Refuses values out of range. */
  public CartConfig {
    if (!(rankFraction > 0 && rankFraction <= 1)) {
      throw new IllegalArgumentException("rank_fraction must be in (0, 1], was " + rankFraction);
    }
    Range.requireLambda(lambda);
  }

  /** A share of 0.04 and lambda 0.1, what the code of Core Space takes when nothing is said. */
  public static CartConfig defaults() {
    return new CartConfig(0.04, 0.1);
  }
}
