package dev.orthant.core.kernel;

/** Plain loops, for virtual machines without the vector API. */
final class PlainTileMath implements TileMath {

  private final ThreadLocal<Workspace> workspace;

  PlainTileMath(ThreadLocal<Workspace> workspace) {
    this.workspace = workspace;
  }

  /*
   * Two loops of moderate length instead of one long one: the compiler does not vectorise a loop
   * whose body is larger than it would unroll.
   */

  @Override
  public void gelu(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = 0.5f * x[i] * (1f + FloatMath.erf(x[i] * FloatMath.SQRT_HALF));
    }
  }

  @Override
  public void geluGradient(float[] x, float[] d, int n) {
    Workspace ws = workspace.get();
    float[] e = ws.tile(Workspace.MATH, n);
    float[] c = ws.tile(Workspace.MATH + 1, n);
    for (int i = 0; i < n; i++) {
      e[i] = -0.5f * x[i] * x[i];
    }
    FloatMath.exp(e, n, ws);
    cdf(x, c, n);
    geluGradient(x, c, e, d, n);
  }

  private static void cdf(float[] x, float[] cdf, int n) {
    for (int i = 0; i < n; i++) {
      cdf[i] = 0.5f + 0.5f * FloatMath.erf(x[i] * FloatMath.SQRT_HALF);
    }
  }

  private static void geluGradient(float[] x, float[] cdf, float[] exp, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] *= cdf[i] + x[i] * exp[i] * FloatMath.INV_SQRT_TWO_PI;
    }
  }

  @Override
  public void add(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      x[i] += y[i];
    }
  }

  @Override
  public void layerNorm(
      float[] s, float[] gamma, float[] beta, float eps, int n, float[] stats, float[] y) {
    float mean = FloatMath.sum(s, 0, n) / n;
    for (int i = 0; i < n; i++) {
      y[i] = s[i] - mean;
    }
    float variance = FloatMath.dot(y, y, 0, n) / n;
    float inverse = (float) (1 / Math.sqrt((double) variance + eps));
    for (int i = 0; i < n; i++) {
      y[i] = y[i] * inverse * gamma[i] + beta[i];
    }
    stats[0] = mean;
    stats[1] = inverse;
  }

  @Override
  public void layerNormGradient(float[] dy, float[] s, float[] stats, float[] gamma, int n) {
    float mean = stats[0];
    float inverse = stats[1];
    for (int i = 0; i < n; i++) {
      dy[i] *= gamma[i];
    }
    for (int i = 0; i < n; i++) {
      s[i] = (s[i] - mean) * inverse;
    }
    float meanG = FloatMath.sum(dy, 0, n) / n;
    float meanGz = FloatMath.dot(dy, s, 0, n) / n;
    for (int i = 0; i < n; i++) {
      dy[i] = inverse * (dy[i] - meanG - s[i] * meanGz);
    }
  }
}
