package dev.orthant.merge;

/**
 * Configuration of {@code tsv-m}.
 *
 * @param lambda what the merged delta is multiplied by; finite
 * @param lossless whether every input keeps all its directions, and not only its share
 */
public record TsvMConfig(double lambda, boolean lossless) {

  /** Refuses a lambda that is not finite. */
  public TsvMConfig {
    Range.requireLambda(lambda);
  }

  /** Lambda 1 and shares of 1 / N, the paper's. */
  public static TsvMConfig defaults() {
    return new TsvMConfig(1, false);
  }
}
