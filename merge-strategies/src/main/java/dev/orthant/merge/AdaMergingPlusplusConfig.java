package dev.orthant.merge;

import dev.orthant.merge.AdaMergingConfig.Granularity;

/**
 * Configuration of {@code adamerging-plusplus}.
 *
 * @param density fraction of each delta that is kept, in (0, 1]
 * @param granularity what has a coefficient of its own
 * @param initial what every coefficient starts from, times the input's weight; finite
 * @param learningRate of Adam; positive
 * @param steps of Adam, at least 1
 * @param batchSize examples of each task in a step, at least 1
 * @param clamp whether coefficients are kept in [0, 1]
 */
public record AdaMergingPlusplusConfig(
    double density,
    Granularity granularity,
    double initial,
    double learningRate,
    int steps,
    int batchSize,
    boolean clamp) {

  /** Refuses values out of range. */
  public AdaMergingPlusplusConfig {
    Range.requireDensity(density);
    new AdaMergingConfig(granularity, initial, learningRate, steps, batchSize, clamp);
  }

  /** Density 0.2, the rest as {@link AdaMergingConfig#defaults}: the authors' code. */
  public static AdaMergingPlusplusConfig defaults() {
    return new AdaMergingPlusplusConfig(0.2, Granularity.TENSOR, 0.3, 1e-3, 500, 16, true);
  }

  /** How the coefficients are found. */
  AdaMergingConfig coefficients() {
    return new AdaMergingConfig(granularity, initial, learningRate, steps, batchSize, clamp);
  }
}
