package dev.orthant.core.kernel;

/** GELU and tanh. */
final class CpuActivations {

  private final CpuTiles tiles;

  CpuActivations(CpuTiles tiles) {
    this.tiles = tiles;
  }

  void gelu(Floats x, Floats y) {
    tiles.elements(
        x.length(),
        (from, count, ws) -> {
          float[] t = ws.tile(0, count);
          x.get(from, t, count);
          gelu(t, count);
          y.put(from, t, count);
        });
  }

  /** {@code dx = dy * (cdf(x) + x * pdf(x))}, of the standard normal distribution. */
  void geluGradient(Floats x, Floats dy, Floats dx) {
    tiles.elements(
        x.length(),
        (from, count, ws) -> {
          float[] t = ws.tile(0, count);
          float[] e = ws.tile(1, count);
          float[] d = ws.tile(2, count);
          x.get(from, t, count);
          dy.get(from, d, count);
          for (int i = 0; i < count; i++) {
            e[i] = -0.5f * t[i] * t[i];
          }
          FloatMath.exp(e, count, ws);
          geluGradient(t, e, d, count);
          dx.put(from, d, count);
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

  private static void gelu(float[] t, int count) {
    for (int i = 0; i < count; i++) {
      t[i] = 0.5f * t[i] * (1f + FloatMath.erf(t[i] * FloatMath.SQRT_HALF));
    }
  }

  private static void geluGradient(float[] x, float[] exp, float[] d, int count) {
    for (int i = 0; i < count; i++) {
      float cdf = 0.5f * (1f + FloatMath.erf(x[i] * FloatMath.SQRT_HALF));
      d[i] *= cdf + x[i] * exp[i] * FloatMath.INV_SQRT_TWO_PI;
    }
  }
}
