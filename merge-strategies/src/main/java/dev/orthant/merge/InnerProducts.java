package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.lowrank.TileSource;
import java.util.Arrays;

/** Frobenius inner products of deltas, in double precision. */
final class InnerProducts {

  private InnerProducts() {}

  /** All of them, [inputs][inputs]; of low-rank deltas without forming a matrix. */
  static double[][] of(Delta[] deltas) {
    int n = deltas.length;
    double[][] gram = new double[n][n];
    if (Arrays.stream(deltas).allMatch(LoraDelta.class::isInstance)) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
          gram[i][j] = gram[j][i] = LowRank.inner(deltas[i], deltas[j]);
        }
      }
      return gram;
    }
    return of(Dense.tiles(deltas));
  }

  /** All of them, [inputs][inputs], in one pass. */
  static double[][] of(TileSource[] elements) {
    int n = elements.length;
    double[][] gram = new double[n][n];
    float[][] tiles = new float[n][ElementTiles.TILE];
    for (long at = 0; at < elements[0].size(); at += ElementTiles.TILE) {
      int length = (int) Math.min(ElementTiles.TILE, elements[0].size() - at);
      for (int i = 0; i < n; i++) {
        elements[i].read(at, tiles[i], length);
      }
      add(gram, tiles, length);
    }
    return gram;
  }

  /** Adds the inner products of vectors, [inputs][length]. */
  static void add(double[][] gram, float[][] vectors, int length) {
    for (int i = 0; i < vectors.length; i++) {
      for (int j = 0; j <= i; j++) {
        double product = dot(vectors[i], vectors[j], length);
        gram[i][j] += product;
        if (i != j) {
          gram[j][i] += product;
        }
      }
    }
  }

  /** In four sums, so that additions need not wait for each other. */
  private static double dot(float[] x, float[] y, int length) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int k = 0;
    for (; k + 3 < length; k += 4) {
      s0 += (double) x[k] * y[k];
      s1 += (double) x[k + 1] * y[k + 1];
      s2 += (double) x[k + 2] * y[k + 2];
      s3 += (double) x[k + 3] * y[k + 3];
    }
    for (; k < length; k++) {
      s0 += (double) x[k] * y[k];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
