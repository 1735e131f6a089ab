package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;

/** Keeps the elements of one delta whose importance is an outlier's. */
final class ArceeFusion implements Merger {

  /** mergekit's: added to probabilities before their logarithm is taken. */
  private static final double FLOOR = 1e-8;

  /** Tukey's fences. */
  private static final double FENCE = 1.5;

  @Override
  public Delta merge(MergeTensor tensor) {
    ElementTiles base = ElementTiles.of(tensor.base());
    ElementTiles delta = Dense.tiles(tensor.delta(0));
    long[] shape = tensor.shape();
    int row = shape.length == 0 ? 1 : Math.toIntExact(shape[shape.length - 1]);
    double[] divergences = divergences(base, delta, row);
    TileSource importance =
        TileSource.of(
            delta.size(),
            (offset, tile, length) -> {
              delta.read(offset, tile, length);
              for (int k = 0; k < length; k++) {
                tile[k] = (float) (Math.abs(tile[k]) * divergences[(int) ((offset + k) / row)]);
              }
            });
    return keepFrom(threshold(importance), importance, delta, shape);
  }

  /** {@code KL(softmax(base + delta) || softmax(base))} of each row. */
  private static double[] divergences(ElementTiles base, ElementTiles delta, int row) {
    double[] divergences = new double[Math.toIntExact(base.size() / row)];
    float[] b = new float[row];
    float[] d = new float[row];
    double[] p = new double[row];
    double[] q = new double[row];
    for (int r = 0; r < divergences.length; r++) {
      base.read((long) r * row, b, row);
      delta.read((long) r * row, d, row);
      for (int k = 0; k < row; k++) {
        q[k] = b[k];
        p[k] = b[k] + d[k]; // the tuned weight, in single precision as it is stored
      }
      softmax(p);
      softmax(q);
      double sum = 0;
      for (int k = 0; k < row; k++) {
        sum += (p[k] + FLOOR) * Math.log((p[k] + FLOOR) / (q[k] + FLOOR));
      }
      divergences[r] = Math.max(0, sum); // below 0 by rounding only
    }
    return divergences;
  }

  private static void softmax(double[] values) {
    double max = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      max = Math.max(max, value);
    }
    double sum = 0;
    for (int k = 0; k < values.length; k++) {
      values[k] = Math.exp(values[k] - max);
      sum += values[k];
    }
    for (int k = 0; k < values.length; k++) {
      values[k] /= sum;
    }
  }

  /** {@code median + 1.5 (upper - lower quartile)}, quantile q being of place floor(q (n - 1)). */
  private static float threshold(TileSource importance) {
    double lower = quantile(importance, 0.25);
    double median = quantile(importance, 0.5);
    double upper = quantile(importance, 0.75);
    return (float) (median + FENCE * (upper - lower));
  }

  private static double quantile(TileSource numbers, double q) {
    return MagnitudeSelect.of(numbers, (long) (q * (numbers.size() - 1)) + 1).value();
  }

  private static Delta keepFrom(
      float threshold, TileSource importance, ElementTiles delta, long[] shape) {
    ElementTiles out = ElementTiles.zeros(shape);
    float[] scores = new float[ElementTiles.TILE];
    float[] tile = new float[ElementTiles.TILE];
    for (long at = 0; at < delta.size(); at += ElementTiles.TILE) {
      int length = (int) Math.min(ElementTiles.TILE, delta.size() - at);
      importance.read(at, scores, length);
      delta.read(at, tile, length);
      for (int k = 0; k < length; k++) {
        tile[k] = scores[k] >= threshold ? tile[k] : 0;
      }
      out.write(at, tile, length);
    }
    return new DenseDelta(out.array());
  }
}
