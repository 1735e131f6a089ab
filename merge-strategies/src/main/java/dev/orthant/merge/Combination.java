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
}
