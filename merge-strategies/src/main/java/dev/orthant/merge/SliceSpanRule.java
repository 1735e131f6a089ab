package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;

/**
 * A {@link SpanRule} that takes each row or each column as a vector of its own.
 *
 * @param coefficients the rule
 * @param byRow whether slices of the last dimension are the vectors, instead of the first
 */
record SliceSpanRule(Coefficients coefficients, boolean byRow) implements Merger {

  @Override
  public Delta merge(MergeTensor tensor) {
    Delta[] deltas = LinearRule.deltas(tensor);
    double[] weights = LinearRule.weights(tensor);
    return SpanRule.naming(
        tensor, () -> byRow ? byRow(deltas, weights) : byColumn(deltas, weights));
  }

  private Delta byRow(Delta[] deltas, double[] weights) {
    long[] shape = deltas[0].shape();
    int length = shape.length == 0 ? 1 : Math.toIntExact(shape[shape.length - 1]);
    ElementTiles[] elements = Dense.tiles(deltas);
    ElementTiles out = ElementTiles.zeros(shape);
    float[][] rows = new float[deltas.length][length];
    float[] sum = new float[length];
    for (long at = 0; at < out.size(); at += length) {
      for (int i = 0; i < rows.length; i++) {
        elements[i].read(at, rows[i], length);
      }
      double[][] gram = new double[rows.length][rows.length];
      InnerProducts.add(gram, rows, length);
      combine(rows, coefficients.of(gram, weights), sum, length);
      out.write(at, sum, length);
    }
    return new DenseDelta(out.array());
  }

  private Delta byColumn(Delta[] deltas, double[] weights) {
    long[] shape = deltas[0].shape();
    ElementTiles[] elements = Dense.tiles(deltas);
    ElementTiles out = ElementTiles.zeros(shape);
    int n = deltas.length;
    int columns = shape.length == 0 ? 1 : Math.toIntExact(out.size() / Math.max(1, shape[0]));
    float[][] rows = new float[n][columns];
    double[][][] grams = new double[columns][n][n];
    for (long at = 0; at < out.size(); at += columns) {
      for (int i = 0; i < n; i++) {
        elements[i].read(at, rows[i], columns);
      }
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          for (int k = 0; k < columns; k++) {
            grams[k][i][j] += (double) rows[i][k] * rows[j][k];
          }
        }
      }
    }
    double[][] chosen = new double[columns][];
    for (int k = 0; k < columns; k++) {
      chosen[k] = coefficients.of(grams[k], weights);
    }
    float[] sum = new float[columns];
    for (long at = 0; at < out.size(); at += columns) {
      for (int i = 0; i < n; i++) {
        elements[i].read(at, rows[i], columns);
      }
      for (int k = 0; k < columns; k++) {
        double value = 0;
        for (int i = 0; i < n; i++) {
          value += chosen[k][i] * rows[i][k];
        }
        sum[k] = (float) value;
      }
      out.write(at, sum, columns);
    }
    return new DenseDelta(out.array());
  }

  private static void combine(float[][] rows, double[] coefficients, float[] out, int length) {
    for (int k = 0; k < length; k++) {
      double value = 0;
      for (int i = 0; i < rows.length; i++) {
        value += coefficients[i] * rows[i][k];
      }
      out[k] = (float) value;
    }
  }
}
