package dev.orthant.core.kernel;

/** GELU and tanh. */
final class CpuActivations {

  private final CpuTiles tiles;
  private final TileMath math;

  CpuActivations(CpuTiles tiles, TileMath math) {
    this.tiles = tiles;
    this.math = math;
  }

  void gelu(Floats x, Floats y) {
    tiles.elements(x.length(), geluTile(x, y));
  }

  /** {@link #gelu} of some rows, on the calling thread. */
  FrozenProduct.RowsDone geluRows(int width, Floats x, Floats y) {
    CpuTiles.Tile tile = geluTile(x, y);
    return (from, to) -> tiles.elementsHere(from * width, to * width, tile);
  }

  private CpuTiles.Tile geluTile(Floats x, Floats y) {
    return (from, count, ws) -> {
      float[] t = ws.tile(0, count);
      x.get(from, t, count);
      math.gelu(t, count);
      y.put(from, t, count);
    };
  }

  /** {@code dx = dy * (cdf(x) + x * pdf(x))}, of the standard normal distribution. */
  void geluGradient(Floats x, Floats dy, Floats dx) {
    tiles.elements(x.length(), geluGradientTile(x, dy, dx));
  }

  /** {@link #geluGradient} of some rows, on the calling thread. */
  FrozenProduct.RowsDone geluGradientRows(int width, Floats x, Floats dy, Floats dx) {
    CpuTiles.Tile tile = geluGradientTile(x, dy, dx);
    return (from, to) -> tiles.elementsHere(from * width, to * width, tile);
  }

  private CpuTiles.Tile geluGradientTile(Floats x, Floats dy, Floats dx) {
    return (from, count, ws) -> {
      float[] t = ws.tile(0, count);
      float[] d = ws.tile(1, count);
      x.get(from, t, count);
      dy.get(from, d, count);
      math.geluGradient(t, d, count);
      dx.put(from, d, count);
    };
  }

  void tanh(Floats x, Floats y) {
    tiles.elements(
        x.length(),
        (from, count, ws) -> {
          float[] t = ws.tile(0, count);
          x.get(from, t, count);
          for (int i = 0; i < count; i++) {
            t[i] = (float) Math.tanh(t[i]);
          }
          y.put(from, t, count);
        });
  }

  void tanhGradient(Floats y, Floats dy, Floats dx) {
    tiles.elements(
        y.length(),
        (from, count, ws) -> {
          float[] t = ws.tile(0, count);
          float[] d = ws.tile(1, count);
          y.get(from, t, count);
          dy.get(from, d, count);
          for (int i = 0; i < count; i++) {
            d[i] *= 1 - t[i] * t[i];
          }
          dx.put(from, d, count);
        });
  }
}
