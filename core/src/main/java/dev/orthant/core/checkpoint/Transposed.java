package dev.orthant.core.checkpoint;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Matrices that a file holds the other way round. */
final class Transposed {

  private Transposed() {}

  /**
   * A fresh matrix.
   *
   * @param values [columns, rows], from its first element on
   * @param shape {rows, columns} of the result
   */
  static INDArray read(FloatBuffer values, long[] shape) {
    int rows = (int) shape[0];
    int columns = (int) shape[1];
    int[] next = {0};
    return ArrayTransfer.read(
        shape,
        (into, count) -> {
          for (int i = 0; i < count; i++, next[0]++) {
            int row = next[0] / columns;
            int column = next[0] % columns;
            into[i] = values.get(column * rows + row);
          }
        });
  }
}
