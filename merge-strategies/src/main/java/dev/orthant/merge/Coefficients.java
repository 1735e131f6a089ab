package dev.orthant.merge;

/** What vectors are multiplied by, found from their inner products alone. */
@FunctionalInterface
interface Coefficients {

  /**
   * The coefficients of {@code sum_i c_i x_i}.
   *
   * @param gram [inputs][inputs], {@code <x_i, x_j>}
   * @param weights [inputs]
   */
  double[] of(double[][] gram, double[] weights);
}
