package dev.orthant.core.lowrank;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a DoRA adapter adds to its base weights W [dOut, dIn]. The rows of {@code V = W + scaling *
 * B A} give directions, a trained vector m gives lengths:
 *
 * <pre>
 *   delta = diag(m / n) V - W,   n_i = ||V_i||
 * </pre>
 *
 * <p>It depends on W and has the rank of a matrix.
 */
public final class WeightDecomposition {

  private WeightDecomposition() {}

  /**
   * The norms of the rows of a matrix, summed in double precision and rounded once.
   *
   * @param weights [dOut, dIn]
   * @return [dOut]
   */
  public static float[] rowNorms(INDArray weights) {
    int rows = (int) weights.size(0);
    return rowNorms(weights.dup('c').data().asFloat(), rows);
  }

  /**
   * The delta. It is exactly zero where m is {@link #rowNorms} of W and the low-rank part is zero.
   *
   * @param weights W [dOut, dIn]; not modified
   * @param update the low-rank part
   * @param magnitude m [dOut]
   * @throws IllegalArgumentException if the shapes do not fit, or a row of V is zero
   */
  public static DenseDelta delta(INDArray weights, LoraDelta update, INDArray magnitude) {
    if (!Arrays.equals(weights.shape(), update.shape()) || magnitude.length() != weights.size(0)) {
      throw new IllegalArgumentException(
          "weights %s, a delta %s and magnitudes %s do not fit together"
              .formatted(
                  Arrays.toString(weights.shape()),
                  Arrays.toString(update.shape()),
                  Arrays.toString(magnitude.shape())));
    }
    int rows = (int) weights.size(0);
    float[] base = weights.dup('c').data().asFloat();
    float[] change = update.dense().data().asFloat();
    float[] lengths = magnitude.dup('c').data().asFloat();
    float[] direction = new float[base.length];
    for (int i = 0; i < base.length; i++) {
      direction[i] = base[i] + change[i];
    }
    float[] norms = rowNorms(direction, rows);
    int columns = base.length / rows;
    float[] delta = new float[base.length];
    for (int i = 0; i < base.length; i++) {
      float norm = norms[i / columns];
      if (norm == 0) {
        throw new IllegalArgumentException(
            "row %d of the weights with their delta is zero and has no direction"
                .formatted(i / columns));
      }
      double factor = lengths[i / columns] / norm;
      delta[i] = (float) ((factor - 1) * base[i] + factor * change[i]);
    }
    return new DenseDelta(
        Nd4j.createFromArray(delta).reshape('c', rows, columns).castTo(DataType.FLOAT));
  }

  private static float[] rowNorms(float[] values, int rows) {
    int columns = values.length / rows;
    float[] norms = new float[rows];
    for (int i = 0; i < rows; i++) {
      double square = 0;
      for (int j = i * columns; j < (i + 1) * columns; j++) {
        square += (double) values[j] * values[j];
      }
      norms[i] = (float) Math.sqrt(square);
    }
    return norms;
  }
}
