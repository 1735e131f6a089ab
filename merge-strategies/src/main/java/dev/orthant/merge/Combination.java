package dev.orthant.merge;

/** What an element-wise rule makes of the elements that its inputs kept. */
@FunctionalInterface
interface Combination {

  /** The combination with given weights, for one thread at one tensor. */
  Step with(double[] weights);

  /** Combines tile by tile; may keep buffers between tiles. */
  @FunctionalInterface
  interface Step {

    /**
     * Combines element by element.
     *
     * @param tiles [inputs][length], sparsified
     * @param out [length], overwritten
     */
    void combine(float[][] tiles, double[] out, int length);
  }
}
