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
          float[] c = ws.tile(3, count);
          x.get(from, t, count);
          dy.get(from, d, count);
          for (int i = 0; i < count; i++) {
            e[i] = -0.5f * t[i] * t[i];
          }
          FloatMath.exp(e, count, ws);
          cdf(t, c, count);
          geluGradient(t, c, e, d, count);
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

  /*
   * Two loops of moderate length instead of one long one: the compiler does not vectorise a loop
   * whose body is larger than it would unroll.
   */

  private static void gelu(float[] t, int count) {
    for (int i = 0; i < count; i++) {
      t[i] = 0.5f * t[i] * (1f + FloatMath.erf(t[i] * FloatMath.SQRT_HALF));
    }
  }

  private static void cdf(float[] x, float[] cdf, int count) {
    for (int i = 0; i < count; i++) {
      cdf[i] = 0.5f + 0.5f * FloatMath.erf(x[i] * FloatMath.SQRT_HALF);
    }
  }

  private static void geluGradient(float[] x, float[] cdf, float[] exp, float[] d, int count) {
    for (int i = 0; i < count; i++) {
      d[i] *= cdf[i] + x[i] * exp[i] * FloatMath.INV_SQRT_TWO_PI;
    }
  }
}
