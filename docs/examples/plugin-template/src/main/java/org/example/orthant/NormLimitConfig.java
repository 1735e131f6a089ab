package org.example.orthant;

/**
 * What a configuration file can say beside {@code type: norm-limit}. A key is the snake case of a
 * component's name, and its value is refused with the constructor's own message.
 *
 * @param maxNorm the greatest Frobenius norm that a delta may have, positive
 */
public record NormLimitConfig(double maxNorm) {

  /** Refuses values out of range; messages begin with the key. */
  public NormLimitConfig {
    if (!(maxNorm > 0)) {
      throw new IllegalArgumentException("max_norm must be positive, was " + maxNorm);
    }
  }

  /** The values of absent keys. */
  public static NormLimitConfig defaults() {
    return new NormLimitConfig(1);
  }
}
