package dev.orthant.merge;

/** What an element-wise rule makes of the elements that its inputs kept. */
@FunctionalInterface
interface Combination {

  /**
   * Combines element by element.
   *
   * @param tiles [inputs][length], sparsified
   * @param weights [inputs]
   * @param out [length], overwritten
   */
  void combine(float[][] tiles, double[] weights, double[] out, int length);

  /** {@code sum_i w_i x_i}. */
  static Combination weightedSum() {
    return (tiles, weights, out, length) -> {
      for (int k = 0; k < length; k++) {
        double sum = 0;
        for (int i = 0; i < tiles.length; i++) {
          sum += weights[i] * tiles[i][k];
        }
        out[k] = sum;
      }
    };
  }
}
