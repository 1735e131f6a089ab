package dev.orthant.merge;

/**
 * Configuration of {@code wudi-exact}.
 *
 * @param lambda what the merged delta is multiplied by; finite
 */
public record WudiExactConfig(double lambda) {

  /** Refuses a lambda that is not finite. */
  public WudiExactConfig {
    Range.requireLambda(lambda);
  }

  /** Lambda 1: the minimum itself. */
  public static WudiExactConfig defaults() {
    return new WudiExactConfig(1);
  }
}
