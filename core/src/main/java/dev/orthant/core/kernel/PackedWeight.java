package dev.orthant.core.kernel;

/**
 * One weight matrix in the order in which a product reads it.
 *
 * @param matmul the products that read this order
 * @param memory the elements
 */
record PackedWeight(OneDnnMatmul matmul, AlignedMemory memory) {

  /**
   * What a copy is for.
   *
   * @param transposed true for {@code x w'}, of the forward pass; false for {@code dy w}
   * @param precision of the elements
   */
  record Form(boolean transposed, Precision precision) {

    static final int COUNT = 2 * Precision.values().length;

    /** A number in [0, {@link #COUNT}). */
    int slot() {
      return 2 * precision.ordinal() + (transposed ? 1 : 0);
    }
  }

  /** See {@link OneDnnMatmul#run}. */
  void multiply(int rows, long x, OneDnnMatmul.Start start, long bias, long y) {
    matmul.run(rows, x, memory.address(), start, bias, y);
  }

  /** Frees the memory. */
  void close() {
    memory.close();
  }
}
