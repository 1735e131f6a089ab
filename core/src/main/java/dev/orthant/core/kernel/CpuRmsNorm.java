package dev.orthant.core.kernel;

import org.jspecify.annotations.Nullable;

/** Residual connection and RMS normalisation, one pass over a row that stays in L1. */
final class CpuRmsNorm {

  private static final int GAMMA = 14; // tile of the calling thread that all threads read

  private final CpuTiles tiles;
  private final TileMath math;

  CpuRmsNorm(CpuTiles tiles, TileMath math) {
    this.tiles = tiles;
    this.math = math;
  }

  void forward(
      int rows,
      int width,
      Floats x,
      @Nullable Floats residual,
      Floats gamma,
      float eps,
      Floats stats,
      Floats y) {
    float[] g = tiles.workspace().tile(GAMMA, width);
    gamma.get(0, g, width);
    tiles.rows(
        rows,
        width,
        (row, ws) -> {
          float[] s = ws.tile(0, width);
          float[] t = ws.tile(1, width);
          float[] inverse = ws.tile(2, 1);
          x.get(row * width, s, width);
          if (residual != null) {
            residual.get(row * width, t, width);
            math.add(s, t, width);
            x.put(row * width, s, width);
          }
          float meanSquare = FloatMath.dot(s, s, 0, width) / width;
          inverse[0] = (float) (1 / Math.sqrt((double) meanSquare + eps));
          normalise(s, g, inverse[0], width, t);
          y.put(row * width, t, width);
          stats.put(row, inverse, 1);
        });
  }

  private static void normalise(float[] s, float[] gamma, float inverse, int n, float[] y) {
    for (int i = 0; i < n; i++) {
      y[i] = s[i] * inverse * gamma[i];
    }
  }

  /** {@code ds = inverse * (w - z * mean(w * z))} with w = dy * gamma and z = s * inverse. */
  void backward(int rows, int width, Floats dy, Floats s, Floats stats, Floats gamma, Floats ds) {
    float[] weights = tiles.workspace().tile(GAMMA, width);
    gamma.get(0, weights, width);
    tiles.rows(
        rows,
        width,
        (row, ws) -> {
          float[] w = ws.tile(0, width);
          float[] z = ws.tile(1, width);
          float[] inverse = ws.tile(2, 1);
          stats.get(row, inverse, 1);
          dy.get(row * width, w, width);
          s.get(row * width, z, width);
          gradient(w, z, weights, inverse[0], width);
          ds.put(row * width, w, width);
        });
  }

  private static void gradient(float[] w, float[] z, float[] gamma, float inverse, int n) {
    for (int i = 0; i < n; i++) {
      w[i] *= gamma[i];
    }
    for (int i = 0; i < n; i++) {
      z[i] *= inverse;
    }
    float mean = FloatMath.dot(w, z, 0, n) / n;
    for (int i = 0; i < n; i++) {
      w[i] = inverse * (w[i] - z[i] * mean);
    }
  }
}
