package dev.orthant.merge;

import static java.util.Objects.requireNonNull;

/**
 * Configuration of {@code model-stock}.
 *
 * @param filterWise whether each row has its own angle, instead of each tensor
 * @param angle how the angles of more than two inputs are averaged
 */
public record ModelStockConfig(boolean filterWise, Angle angle) {

  /** How the angles of all pairs of inputs become one. */
  public enum Angle {
    /** The mean of the cosines; mergekit's. */
    MEAN_COSINE,
    /** The mean of the angles; FusionBench's. */
    MEAN_ANGLE
  }

  /** Refuses null. */
  public ModelStockConfig {
    requireNonNull(angle, "angle");
  }

  /** One angle a tensor, as in the paper; the mean of the cosines, as in mergekit. */
  public static ModelStockConfig defaults() {
    return new ModelStockConfig(false, Angle.MEAN_COSINE);
  }
}
