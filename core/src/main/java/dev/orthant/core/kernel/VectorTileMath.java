package dev.orthant.core.kernel;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.LSHL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tile arithmetic with the JDK's vector API: what {@link PlainTileMath} computes, with other
 * rounding. Elements that do not fill a vector are left to plain loops of the same formulas.
 */
final class VectorTileMath implements TileMath {

  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int LARGEST_SQUARE =
      Float.floatToIntBits(FloatMath.ERF_MAX * FloatMath.ERF_MAX);
  private static final int ONE = Float.floatToIntBits(1f);

  /*
   * Exponential and error function are loops over tiles rather than functions of vectors: a method
   * that takes or gives vectors and is too long to be inlined allocates them. The loops work on two
   * vectors at a time, which keeps the processor busy and the methods long enough not to be inlined
   * themselves, together with so much else that the compiler gives up.
   */

  private final ThreadLocal<Workspace> workspace;

  VectorTileMath(ThreadLocal<Workspace> workspace) {
    this.workspace = workspace;
  }

  @Override
  public void gelu(float[] x, int n) {
    float[] cdf = workspace.get().tile(Workspace.MATH, n);
    cdf(x, cdf, n);
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector.fromArray(S, x, i).mul(FloatVector.fromArray(S, cdf, i)).intoArray(x, i);
    }
    for (; i < n; i++) {
      x[i] *= cdf[i];
    }
  }

  @Override
  public void geluGradient(float[] x, float[] d, int n) {
    Workspace ws = workspace.get();
    float[] cdf = ws.tile(Workspace.MATH, n);
    float[] density = ws.tile(Workspace.MATH + 1, n);
    cdf(x, cdf, n);
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      v.mul(v).mul(-0.5f).intoArray(density, i);
    }
    for (; i < n; i++) {
      density[i] = -0.5f * x[i] * x[i];
    }
    exp(density, n);
    for (i = 0; i <= n - L; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, i).mul(FloatMath.INV_SQRT_TWO_PI);
      v.fma(FloatVector.fromArray(S, density, i), FloatVector.fromArray(S, cdf, i))
          .mul(FloatVector.fromArray(S, d, i))
          .intoArray(d, i);
    }
    for (; i < n; i++) {
      d[i] *= cdf[i] + x[i] * density[i] * FloatMath.INV_SQRT_TWO_PI;
    }
  }

  @Override
  public void add(float[] x, float[] y, int n) {
    accumulate(x, y, n);
  }

  /** {@code x += y}. */
  static void accumulate(float[] x, float[] y, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector.fromArray(S, x, i).add(FloatVector.fromArray(S, y, i)).intoArray(x, i);
    }
    for (; i < n; i++) {
      x[i] += y[i];
    }
  }

  @Override
  public void layerNorm(
      float[] s, float[] gamma, float[] beta, float eps, int n, float[] stats, float[] y) {
    float mean = sum(s, n) / n;
    float variance = centre(s, mean, y, n) / n;
    float inverse = (float) (1 / Math.sqrt((double) variance + eps));
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector.fromArray(S, y, i)
          .mul(inverse)
          .fma(FloatVector.fromArray(S, gamma, i), FloatVector.fromArray(S, beta, i))
          .intoArray(y, i);
    }
    for (; i < n; i++) {
      y[i] = y[i] * inverse * gamma[i] + beta[i];
    }
    stats[0] = mean;
    stats[1] = inverse;
  }

  private static float sum(float[] x, int n) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = FloatVector.zero(S);
    int i = 0;
    for (; i <= n - 2 * L; i += 2 * L) {
      s0 = s0.add(FloatVector.fromArray(S, x, i));
      s1 = s1.add(FloatVector.fromArray(S, x, i + L));
    }
    float sum = s0.add(s1).reduceLanes(ADD);
    for (; i < n; i++) {
      sum += x[i];
    }
    return sum;
  }

  /** {@code y = s - mean}; returns the sum of the squares of y. */
  private static float centre(float[] s, float mean, float[] y, int n) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = FloatVector.zero(S);
    int i = 0;
    for (; i <= n - 2 * L; i += 2 * L) {
      FloatVector y0 = FloatVector.fromArray(S, s, i).sub(mean);
      FloatVector y1 = FloatVector.fromArray(S, s, i + L).sub(mean);
      s0 = y0.fma(y0, s0);
      s1 = y1.fma(y1, s1);
      y0.intoArray(y, i);
      y1.intoArray(y, i + L);
    }
    float squares = s0.add(s1).reduceLanes(ADD);
    for (; i < n; i++) {
      y[i] = s[i] - mean;
      squares += y[i] * y[i];
    }
    return squares;
  }

  @Override
  public void layerNormGradient(float[] dy, float[] s, float[] stats, float[] gamma, int n) {
    float mean = stats[0];
    float inverse = stats[1];
    FloatVector sumG = FloatVector.zero(S);
    FloatVector sumGz = FloatVector.zero(S);
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector g = FloatVector.fromArray(S, dy, i).mul(FloatVector.fromArray(S, gamma, i));
      FloatVector z = FloatVector.fromArray(S, s, i).sub(mean).mul(inverse);
      sumG = sumG.add(g);
      sumGz = g.fma(z, sumGz);
      g.intoArray(dy, i);
      z.intoArray(s, i);
    }
    float meanG = sumG.reduceLanes(ADD);
    float meanGz = sumGz.reduceLanes(ADD);
    for (; i < n; i++) {
      dy[i] *= gamma[i];
      s[i] = (s[i] - mean) * inverse;
      meanG += dy[i];
      meanGz += dy[i] * s[i];
    }
    subtract(dy, meanG / n, s, meanGz / n, inverse, n);
  }

  /** {@code g = inverse * (g - meanG - z * meanGz)}. */
  private static void subtract(
      float[] g, float meanG, float[] z, float meanGz, float inverse, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector centred = FloatVector.fromArray(S, g, i).sub(meanG);
      FloatVector.fromArray(S, z, i).fma(constant(-meanGz), centred).mul(inverse).intoArray(g, i);
    }
    for (; i < n; i++) {
      g[i] = inverse * (g[i] - meanG - z[i] * meanGz);
    }
  }

  /** {@code x = exp(x)} for x at most 88; see {@link FloatMath#exp}. */
  static void exp(float[] x, int n) {
    FloatVector log2E = constant(FloatMath.LOG2_E);
    FloatVector round = constant(FloatMath.ROUND);
    FloatVector ln2High = constant(-FloatMath.LN2_HI);
    FloatVector ln2Low = constant(-FloatMath.LN2_LO);
    int i = 0;
    for (; i <= n - 2 * L; i += 2 * L) {
      FloatVector v0 = FloatVector.fromArray(S, x, i).max(FloatMath.EXP_MIN);
      FloatVector v1 = FloatVector.fromArray(S, x, i + L).max(FloatMath.EXP_MIN);
      FloatVector shifted0 = v0.fma(log2E, round);
      FloatVector shifted1 = v1.fma(log2E, round);
      FloatVector k0 = shifted0.sub(round);
      FloatVector k1 = shifted1.sub(round);
      FloatVector r0 = k0.fma(ln2Low, k0.fma(ln2High, v0));
      FloatVector r1 = k1.fma(ln2Low, k1.fma(ln2High, v1));
      FloatVector c = constant(FloatMath.EXP_6);
      FloatVector c5 = constant(FloatMath.EXP_5);
      FloatVector p0 = c.fma(r0, c5);
      FloatVector p1 = c.fma(r1, c5);
      c = constant(FloatMath.EXP_4);
      p0 = p0.fma(r0, c);
      p1 = p1.fma(r1, c);
      c = constant(FloatMath.EXP_3);
      p0 = p0.fma(r0, c);
      p1 = p1.fma(r1, c);
      c = constant(FloatMath.EXP_2);
      p0 = p0.fma(r0, c).mul(r0).fma(r0, r0).add(1f);
      p1 = p1.fma(r1, c).mul(r1).fma(r1, r1).add(1f);
      p0.mul(shifted0.reinterpretAsInts().add(127).lanewise(LSHL, 23).reinterpretAsFloats())
          .intoArray(x, i);
      p1.mul(shifted1.reinterpretAsInts().add(127).lanewise(LSHL, 23).reinterpretAsFloats())
          .intoArray(x, i + L);
    }
    for (; i < n; i++) {
      x[i] = (float) Math.exp(x[i]);
    }
  }

  /**
   * {@code cdf = (1 + erf(x / sqrt 2)) / 2}; see {@link FloatMath#erf}. Of a positive number and a
   * constant, the smaller is that whose bits are the smaller integer, which is quicker to find.
   */
  private static void cdf(float[] x, float[] cdf, int n) {
    FloatVector half = constant(0.5f);
    int i = 0;
    for (; i <= n - 2 * L; i += 2 * L) {
      FloatVector z0 = FloatVector.fromArray(S, x, i).mul(FloatMath.SQRT_HALF);
      FloatVector z1 = FloatVector.fromArray(S, x, i + L).mul(FloatMath.SQRT_HALF);
      FloatVector t0 = z0.mul(z0).reinterpretAsInts().min(LARGEST_SQUARE).reinterpretAsFloats();
      FloatVector t1 = z1.mul(z1).reinterpretAsInts().min(LARGEST_SQUARE).reinterpretAsFloats();
      FloatVector p = constant(FloatMath.ERF_P5);
      FloatVector q = constant(FloatMath.ERF_Q5);
      FloatVector c = constant(FloatMath.ERF_P4);
      FloatVector d = constant(FloatMath.ERF_Q4);
      FloatVector p0 = p.fma(t0, c);
      FloatVector q0 = q.fma(t0, d);
      FloatVector p1 = p.fma(t1, c);
      FloatVector q1 = q.fma(t1, d);
      c = constant(FloatMath.ERF_P3);
      d = constant(FloatMath.ERF_Q3);
      p0 = p0.fma(t0, c);
      q0 = q0.fma(t0, d);
      p1 = p1.fma(t1, c);
      q1 = q1.fma(t1, d);
      c = constant(FloatMath.ERF_P2);
      d = constant(FloatMath.ERF_Q2);
      p0 = p0.fma(t0, c);
      q0 = q0.fma(t0, d);
      p1 = p1.fma(t1, c);
      q1 = q1.fma(t1, d);
      c = constant(FloatMath.ERF_P1);
      d = constant(FloatMath.ERF_Q1);
      p0 = p0.fma(t0, c);
      q0 = q0.fma(t0, d);
      p1 = p1.fma(t1, c);
      q1 = q1.fma(t1, d);
      c = constant(FloatMath.ERF_P0);
      d = constant(1f);
      IntVector e0 = z0.mul(p0.fma(t0, c)).div(q0.fma(t0, d)).reinterpretAsInts();
      IntVector e1 = z1.mul(p1.fma(t1, c)).div(q1.fma(t1, d)).reinterpretAsInts();
      e0 = e0.and(Integer.MAX_VALUE).min(ONE).or(e0.and(Integer.MIN_VALUE));
      e1 = e1.and(Integer.MAX_VALUE).min(ONE).or(e1.and(Integer.MIN_VALUE));
      e0.reinterpretAsFloats().fma(half, half).intoArray(cdf, i);
      e1.reinterpretAsFloats().fma(half, half).intoArray(cdf, i + L);
    }
    for (; i < n; i++) {
      cdf[i] = 0.5f + 0.5f * FloatMath.erf(x[i] * FloatMath.SQRT_HALF);
    }
  }

  private static FloatVector constant(float value) {
    return FloatVector.broadcast(S, value);
  }
}
