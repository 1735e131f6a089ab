package dev.orthant.merge;

/**
 * Configuration of {@code iso-c}.
 *
 * @param lambda what the merged delta is multiplied by; finite
 */
public record IsoCConfig(double lambda) {

  /** Refuses a lambda that is not finite. */
  public IsoCConfig {
    Range.requireLambda(lambda);
  }

  /** Lambda 1, as in FusionBench; the paper searches it on validation rows. */
  public static IsoCConfig defaults() {
    return new IsoCConfig(1);
  }
}
