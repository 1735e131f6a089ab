package dev.orthant.merge;

import java.util.Arrays;

/**
 * {@code sum_i w_i x_i}, divided by {@code sum_i w_i} if asked.
 *
 * @param normalize whether weights are divided by their sum
 */
record LinearCombination(boolean normalize) implements Combination {

  @Override
  public Step with(double[] weights) {
    double[] coefficients = coefficients(weights);
    return (tiles, out, length) -> {
      Arrays.fill(out, 0, length, 0);
      for (int i = 0; i < tiles.length; i++) {
        float[] tile = tiles[i];
        double coefficient = coefficients[i];
        for (int k = 0; k < length; k++) {
          out[k] += coefficient * tile[k];
        }
      }
    };
  }

  /** What the inputs are multiplied by. */
  double[] coefficients(double[] weights) {
    if (!normalize) {
      return weights;
    }
    double sum = Arrays.stream(weights).sum();
    if (sum == 0) {
      throw new IllegalArgumentException(
          "the weights of a mean must not add up to 0; set normalize to false for their sum");
    }
    return Arrays.stream(weights).map(w -> w / sum).toArray();
  }
}
