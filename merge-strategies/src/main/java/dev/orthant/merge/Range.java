package dev.orthant.merge;

/** Ranges of hyperparameters. */
final class Range {

  private Range() {}

  static void requireDensity(double density) {
    if (!(density > 0 && density <= 1)) {
      throw new IllegalArgumentException("density must be in (0, 1], was " + density);
    }
  }

  static void requireThreshold(double threshold) {
    if (!(threshold >= 0 && Double.isFinite(threshold))) {
      throw new IllegalArgumentException("threshold must be at least 0, was " + threshold);
    }
  }

  static void requireLambda(double lambda) {
    if (!Double.isFinite(lambda)) {
      throw new IllegalArgumentException("lambda must be finite, was " + lambda);
    }
  }

  static void requireGamma(double gamma) {
    if (!(gamma >= 0 && gamma < 1)) {
      throw new IllegalArgumentException("gamma must be in [0, 1), was " + gamma);
    }
  }

  /** Probabilities have to stay inside (0, 1), unless nothing is dropped. */
  static void requireEpsilon(double epsilon, double density) {
    if (!(epsilon >= 0)) {
      throw new IllegalArgumentException("epsilon must be at least 0, was " + epsilon);
    }
    if (density < 1 && !(density - epsilon > 0 && density + epsilon < 1)) {
      throw new IllegalArgumentException(
          "density - epsilon and density + epsilon must be in (0, 1), were %s and %s"
              .formatted(density - epsilon, density + epsilon));
    }
  }

  static void requireAtLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, was " + value);
    }
  }

  static void requirePositive(String name, double value) {
    if (!(value > 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException(name + " must be above 0, was " + value);
    }
  }

  static void requireNotNegative(String name, double value) {
    if (!(value >= 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException(name + " must be at least 0, was " + value);
    }
  }
}
