package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.lowrank.TileSource;
import java.util.Arrays;

/** Frobenius inner products of deltas, in double precision or as good as that. */
final class InnerProducts {

  /*
   * In a thousand sums in single precision side by side, of sixteen products each, which are then
   * added up in double. Loops over whole arrays run on vectors, those over parts of arrays do not.
   * Rounding, 1e-7 of a product, averages out; what is less than a tile, and what single precision
   * cannot hold, is done in double throughout.
   */

  private static final int TILE = ElementTiles.TILE;
  private static final int ADDENDS = 16; // of a lane

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

  /** All of them, [inputs][inputs], in one pass; in two if single precision overflows. */
  static double[][] of(TileSource[] elements) {
    double[][] gram = of(elements, true);
    return Arrays.stream(gram).flatMapToDouble(Arrays::stream).allMatch(Double::isFinite)
        ? gram
        : of(elements, false);
  }

  private static double[][] of(TileSource[] elements, boolean inLanes) {
    int n = elements.length;
    double[][] gram = new double[n][n];
    float[][] tiles = new float[n][TILE];
    float[][] lanes = new float[n * (n + 1) / 2][TILE];
    int added = 0;
    for (long at = 0; at < elements[0].size(); at += TILE) {
      int length = (int) Math.min(TILE, elements[0].size() - at);
      for (int i = 0; i < n; i++) {
        elements[i].read(at, tiles[i], length);
      }
      if (!inLanes || length < TILE) {
        add(gram, tiles, length);
        continue;
      }
      int pair = 0;
      for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
          addProducts(tiles[i], tiles[j], lanes[pair++]);
        }
      }
      if (++added == ADDENDS) {
        empty(lanes, gram);
        added = 0;
      }
    }
    empty(lanes, gram);
    return gram;
  }

  private static void addProducts(float[] x, float[] y, float[] lanes) {
    for (int k = 0; k < TILE; k++) {
      lanes[k] += x[k] * y[k];
    }
  }

  /** Adds the lanes to the inner products, and begins them again. */
  private static void empty(float[][] lanes, double[][] gram) {
    int pair = 0;
    for (int i = 0; i < gram.length; i++) {
      for (int j = 0; j <= i; j++) {
        add(gram, i, j, sum(lanes[pair]));
        Arrays.fill(lanes[pair++], 0);
      }
    }
  }

  private static double sum(float[] lanes) {
    double sum = 0;
    for (float lane : lanes) {
      sum += lane;
    }
    return sum;
  }

  private static void add(double[][] gram, int i, int j, double product) {
    gram[i][j] += product;
    if (i != j) {
      gram[j][i] += product;
    }
  }

  /** Adds the inner products of vectors, [inputs][length]. */
  static void add(double[][] gram, float[][] vectors, int length) {
    for (int i = 0; i < vectors.length; i++) {
      for (int j = 0; j <= i; j++) {
        add(gram, i, j, dot(vectors[i], vectors[j], length));
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
