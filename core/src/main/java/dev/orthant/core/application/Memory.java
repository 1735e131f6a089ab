package dev.orthant.core.application;

import java.nio.FloatBuffer;
import java.util.Collection;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Memory beside the heap. */
final class Memory {

  private Memory() {}

  /** Frees arrays that nobody uses any more; those that are parts of others are passed over. */
  static void free(Collection<INDArray> arrays) {
    for (INDArray array : arrays) {
      if (!array.wasClosed() && array.closeable()) {
        array.close();
      }
    }
  }

  /**
   * Copies the rows of a pass' buffer to the heap.
   *
   * @param rows [n, width]
   * @param into at least n from {@code first} on; overwritten
   */
  static void copyRows(INDArray rows, float[][] into, int first) {
    int width = (int) rows.size(1);
    FloatBuffer values = rows.data().asNioFloat();
    for (int i = 0; i < rows.size(0); i++) {
      float[] row = new float[width];
      values.get(row);
      into[first + i] = row;
    }
  }
}
