package dev.orthant.merge;

/** Ranges of hyperparameters. */
final class Range {

  private Range() {}

  static void requireDensity(double density) {
    if (!(density > 0 && density <= 1)) {
      throw new IllegalArgumentException("density must be in (0, 1], was " + density);
    }
  }

  static void requireLambda(double lambda) {
    if (!Double.isFinite(lambda)) {
      throw new IllegalArgumentException("lambda must be finite, was " + lambda);
    }
  }
}
