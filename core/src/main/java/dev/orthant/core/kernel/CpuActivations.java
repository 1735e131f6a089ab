package dev.orthant.core.kernel;

/** Activations, gates and tanh. */
final class CpuActivations {

  private final CpuTiles tiles;
  private final TileActivations math;

  CpuActivations(CpuTiles tiles, TileMath math) {
    this.tiles = tiles;
    this.math = new TileActivations(math);
  }

  void activate(Activation f, Floats x, Floats y) {
    tiles.elements(x.length(), tile(f, x, y));
  }

  /** {@link #activate} of some rows, on the calling thread. */
  FrozenProduct.RowsDone activateRows(Activation f, int width, Floats x, Floats y) {
    CpuTiles.Tile tile = tile(f, x, y);
    return (from, to) -> tiles.elementsHere(from * width, to * width, tile);
  }

  private CpuTiles.Tile tile(Activation f, Floats x, Floats y) {
    return (from, count, ws) -> {
      float[] t = ws.tile(0, count);
      x.get(from, t, count);
      math.apply(f, t, count, ws);
      y.put(from, t, count);
    };
  }

  /** {@code dx = dy * f'(x)}. */
  void gradient(Activation f, Floats x, Floats dy, Floats dx) {
    tiles.elements(x.length(), gradientTile(f, x, dy, dx));
  }

  /** {@link #gradient} of some rows, on the calling thread. */
  FrozenProduct.RowsDone gradientRows(Activation f, int width, Floats x, Floats dy, Floats dx) {
    CpuTiles.Tile tile = gradientTile(f, x, dy, dx);
    return (from, to) -> tiles.elementsHere(from * width, to * width, tile);
  }

  private CpuTiles.Tile gradientTile(Activation f, Floats x, Floats dy, Floats dx) {
    return (from, count, ws) -> {
      float[] t = ws.tile(0, count);
      float[] d = ws.tile(1, count);
      x.get(from, t, count);
      dy.get(from, d, count);
      math.gradient(f, t, d, count, ws);
      dx.put(from, d, count);
    };
  }

  /** {@code y = f(gate) * up}. */
  void gate(Activation f, Floats gate, Floats up, Floats y) {
    tiles.elements(
        gate.length(),
        (from, count, ws) -> {
          float[] t = ws.tile(0, count);
          float[] u = ws.tile(1, count);
          gate.get(from, t, count);
          up.get(from, u, count);
          math.apply(f, t, count, ws);
          multiply(t, u, count);
          y.put(from, t, count);
        });
  }

  /** {@code dGate = dy * up * f'(gate), dUp = dy * f(gate)}. */
  void gateGradient(Activation f, Floats gate, Floats up, Floats dy, Floats dGate, Floats dUp) {
    tiles.elements(
        gate.length(),
        (from, count, ws) -> {
          float[] t = ws.tile(0, count);
          float[] d = ws.tile(1, count);
          float[] u = ws.tile(2, count);
          gate.get(from, t, count);
          dy.get(from, d, count);
          up.get(from, u, count);
          multiply(u, d, count);
          math.gradient(f, t, u, count, ws);
          math.apply(f, t, count, ws);
          multiply(d, t, count);
          dGate.put(from, u, count);
          dUp.put(from, d, count);
        });
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

  private static void multiply(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      x[i] *= y[i];
    }
  }
}
