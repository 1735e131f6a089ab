package dev.orthant.merge;

/**
 * Configuration of {@code nearswap}.
 *
 * @param t greatest change of an element, above 0
 */
public record NearswapConfig(double t) {

  /** Refuses values out of range. */
  public NearswapConfig {
    Range.requirePositive("t", t);
  }

  /** The 1e-4 of the model that the method was made for; mergekit has no default. */
  public static NearswapConfig defaults() {
    return new NearswapConfig(1e-4);
  }
}
