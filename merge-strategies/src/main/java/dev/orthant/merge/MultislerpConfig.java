package dev.orthant.merge;

/**
 * Configuration of {@code multislerp}.
 *
 * @param normalizeWeights whether weights are divided by their sum
 * @param eps length of the weighted mean of unit vectors below which it has no direction; above 0
 */
public record MultislerpConfig(boolean normalizeWeights, double eps) {

  /** Refuses values out of range. */
  public MultislerpConfig {
    Range.requirePositive("eps", eps);
  }

  /** mergekit's. */
  public static MultislerpConfig defaults() {
    return new MultislerpConfig(true, 1e-8);
  }
}
