package org.example.orthant;

/**
 * What a configuration file can say beside {@code type: agreement-mean}. A key is the snake case of
 * a component's name, and its value is refused with the constructor's own message.
 *
 * @param lambda what the merged delta is multiplied by; finite
 * @param sharpness how fast elements shrink as inputs disagree: 0 for the plain mean, at least 0
 */
public record AgreementMeanConfig(double lambda, double sharpness) {

  /** Refuses values out of range; messages begin with the key. */
  public AgreementMeanConfig {
    if (!Double.isFinite(lambda)) {
      throw new IllegalArgumentException("lambda must be finite, was " + lambda);
    }
    if (!(sharpness >= 0) || Double.isInfinite(sharpness)) {
      throw new IllegalArgumentException("sharpness must be at least 0, was " + sharpness);
    }
  }

  /** The values of absent keys. */
  public static AgreementMeanConfig defaults() {
    return new AgreementMeanConfig(1, 1);
  }
}
