package dev.orthant.core.kernel;

import org.jspecify.annotations.Nullable;

/** Residual connection and layer normalisation, one pass over a row that stays in L1. */
final class CpuLayerNorm {

  // tiles of the calling thread that all threads read; no row uses these numbers
  private static final int GAMMA = 14;
  private static final int BETA = 15;

  private final CpuTiles tiles;
  private final TileMath math;

  CpuLayerNorm(CpuTiles tiles, TileMath math) {
    this.tiles = tiles;
    this.math = math;
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
    tiles.rows(rows, width, row(width, x, residual, gamma, beta, eps, stats, y));
  }

  /** {@link #forward} of some rows, on the calling thread. */
  FrozenProduct.RowsDone forwardRows(
      int width,
      Floats x,
      Floats residual,
      Floats gamma,
      Floats beta,
      float eps,
      Floats stats,
      Floats y) {
    CpuTiles.Row row = row(width, x, residual, gamma, beta, eps, stats, y);
    return (from, to) -> tiles.rowsHere(from, to, row);
  }

  private CpuTiles.Row row(
      int width,
      Floats x,
      @Nullable Floats residual,
      Floats gamma,
      Floats beta,
      float eps,
      Floats stats,
      Floats y) {
    Workspace own = tiles.workspace();
    float[] g = own.tile(GAMMA, width);
    float[] b = own.tile(BETA, width);
    gamma.get(0, g, width);
    beta.get(0, b, width);
    return (row, ws) -> {
      float[] s = ws.tile(0, width);
      float[] t = ws.tile(1, width);
      x.get(row * width, s, width);
      if (residual != null) {
        residual.get(row * width, t, width);
        math.add(s, t, width);
        x.put(row * width, s, width);
      }
      float[] pair = ws.tile(2, 2);
      math.layerNorm(s, g, b, eps, width, pair, t);
      y.put(row * width, t, width);
      stats.put(row * 2, pair, 2);
    };
  }

  void backward(int rows, int width, Floats dy, Floats s, Floats stats, Floats gamma, Floats ds) {
    float[] weights = tiles.workspace().tile(GAMMA, width);
    gamma.get(0, weights, width);
    tiles.rows(
        rows,
        width,
        (row, ws) -> {
          float[] g = ws.tile(0, width);
          float[] z = ws.tile(1, width);
          float[] pair = ws.tile(2, 2);
          stats.get(row * 2, pair, 2);
          dy.get(row * width, g, width);
          s.get(row * width, z, width);
          math.layerNormGradient(g, z, pair, weights, width);
          ds.put(row * width, g, width);
        });
  }
}
