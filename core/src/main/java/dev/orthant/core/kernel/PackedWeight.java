package dev.orthant.core.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

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
    private static final List<Form> ALL =
        Arrays.stream(Precision.values())
            .flatMap(precision -> Stream.of(new Form(false, precision), new Form(true, precision)))
            .toList();

    /** The form with these components. */
    static Form of(boolean transposed, Precision precision) {
      return ALL.get(slot(transposed, precision));
    }

    /** A number in [0, {@link #COUNT}). */
    int slot() {
      return slot(transposed, precision);
    }

    private static int slot(boolean transposed, Precision precision) {
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
