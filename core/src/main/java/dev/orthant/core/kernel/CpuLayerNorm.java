package dev.orthant.core.kernel;

import org.jspecify.annotations.Nullable;

/** Residual connection and layer normalisation, one pass over a row that stays in L1. */
final class CpuLayerNorm {

  private final CpuTiles tiles;

  CpuLayerNorm(CpuTiles tiles) {
    this.tiles = tiles;
  }

  void forward(
      int rows,
      int width,
      Floats x,
      @Nullable Floats residual,
      Floats gamma,
      Floats beta,
      float eps,
      Floats stats,
      Floats y) {
    float[] g = new float[width];
    float[] b = new float[width];
    gamma.get(0, g, width);
    beta.get(0, b, width);
    tiles.rows(
        rows,
        width,
        (row, ws) -> {
          float[] s = ws.tile(0, width);
          float[] t = ws.tile(1, width);
          x.get(row * width, s, width);
          if (residual != null) {
            residual.get(row * width, t, width);
            for (int i = 0; i < width; i++) {
              s[i] += t[i];
            }
            x.put(row * width, s, width);
          }
          float mean = FloatMath.sum(s, 0, width) / width;
          for (int i = 0; i < width; i++) {
            t[i] = s[i] - mean;
          }
          float variance = FloatMath.dot(t, t, 0, width) / width;
          float inverse = (float) (1 / Math.sqrt((double) variance + eps));
          for (int i = 0; i < width; i++) {
            t[i] = t[i] * inverse * g[i] + b[i];
          }
          y.put(row * width, t, width);
          t[0] = mean;
          t[1] = inverse;
          stats.put(row * 2, t, 2);
        });
  }

  /**
   * {@code ds = inverse * (g - mean(g) - z * mean(g * z))}, g = dy * gamma, z the normalised row.
   */
  void backward(int rows, int width, Floats dy, Floats s, Floats stats, Floats gamma, Floats ds) {
    float[] weights = new float[width];
    gamma.get(0, weights, width);
    tiles.rows(
        rows,
        width,
        (row, ws) -> {
          float[] g = ws.tile(0, width);
          float[] z = ws.tile(1, width);
          float[] pair = ws.tile(2, 2);
          stats.get(row * 2, pair, 2);
          float mean = pair[0];
          float inverse = pair[1];
          dy.get(row * width, g, width);
          s.get(row * width, z, width);
          for (int i = 0; i < width; i++) {
            g[i] *= weights[i];
          }
          for (int i = 0; i < width; i++) {
            z[i] = (z[i] - mean) * inverse;
          }
          float meanG = FloatMath.sum(g, 0, width) / width;
          float meanGz = FloatMath.dot(g, z, 0, width) / width;
          for (int i = 0; i < width; i++) {
            g[i] = inverse * (g[i] - meanG - z[i] * meanGz);
          }
          ds.put(row * width, g, width);
        });
  }
}
