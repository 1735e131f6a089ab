package dev.orthant.merge;

/** Weights divided by their sum. */
final class Shares {

  private Shares() {}

  /** Refuses weights that add up to 0. */
  static double[] of(double[] weights) {
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    if (sum == 0) {
      throw new IllegalArgumentException("the weights of the inputs must not add up to 0");
    }
    double[] shares = weights.clone();
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= sum;
    }
    return shares;
  }

  /** Refuses negative weights too, as a weighted sum of squares has to. */
  static double[] ofSquares(double[] weights) {
    for (double weight : weights) {
      if (weight < 0) {
        throw new IllegalArgumentException(
            "weights must not be negative in least squares, one was " + weight);
      }
    }
    return of(weights);
  }
}
