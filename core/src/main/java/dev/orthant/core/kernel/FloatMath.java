package dev.orthant.core.kernel;

/**
 * Elementary functions on tiles, in loops that the compiler turns into vector instructions.
 *
 * <p>The coefficients are our own least-squares fits of the relative error (Lawson's iteration, in
 * double precision, rounded to float).
 */
final class FloatMath {

  static final float SQRT_HALF = 0.70710678f;
  static final float INV_SQRT_TWO_PI = 0.39894228f;

  static final float LOG2_E = 1.44269504f;
  static final float LN2_HI = 0.693145751953125f; // 17 bits: its product with |k| < 128 is exact
  static final float LN2_LO = 1.42860677e-6f;
  static final float ROUND = 12582912f; // 1.5 * 2^23: adding it rounds to a whole number
  static final float EXP_MIN = -87f;
  static final float EXP_MAX = 88f;
  static final float ERF_MAX = 3.92f; // beyond, erf is 1 to half a unit in the last place

  // exp(r) = 1 + r + r^2 (EXP_2 + EXP_3 r + ...) for |r| <= ln(2) / 2
  static final float EXP_2 = 0.49999994f;
  static final float EXP_3 = 0.16666521f;
  static final float EXP_4 = 0.041668389f;
  static final float EXP_5 = 0.0083687175f;
  static final float EXP_6 = 0.0013814595f;

  // erf(z) = z P(z^2) / Q(z^2), Q_0 = 1
  static final float ERF_P0 = 1.1283791f;
  static final float ERF_P1 = 0.1904065f;
  static final float ERF_P2 = 0.052748725f;
  static final float ERF_P3 = 0.0037656177f;
  static final float ERF_P4 = 0.00028488267f;
  static final float ERF_P5 = 2.0500859e-6f;
  static final float ERF_Q1 = 0.50207609f;
  static final float ERF_Q2 = 0.11410912f;
  static final float ERF_Q3 = 0.014969218f;
  static final float ERF_Q4 = 0.0011625356f;
  static final float ERF_Q5 = 3.8091697e-5f;

  private FloatMath() {}

  /**
   * Replaces the first {@code n} elements of {@code x} by their exponentials, to a relative error
   * of about 1e-7; arguments are limited to [-87, 88].
   */
  static void exp(float[] x, int n, Workspace ws) {
    float[] power = ws.tile(Workspace.EXP, n);
    for (int i = 0; i < n; i++) {
      float v = Math.max(Math.min(x[i], EXP_MAX), EXP_MIN);
      float shifted = v * LOG2_E + ROUND;
      float k = shifted - ROUND;
      float r = v - k * LN2_HI - k * LN2_LO;
      float p = EXP_6;
      p = p * r + EXP_5;
      p = p * r + EXP_4;
      p = p * r + EXP_3;
      p = p * r + EXP_2;
      x[i] = p * r * r + r + 1f;
      power[i] = shifted;
    }
    for (int from = 0; from < n; from += Workspace.TILE) {
      shiftIntoExponent(power, from, Math.min(n - from, Workspace.TILE), ws);
    }
    for (int i = 0; i < n; i++) {
      x[i] *= power[i];
    }
  }

  /*
   * exp(v) = 2^k exp(r), k = round(v / ln 2). Adding ROUND leaves k in the low bits of the sum;
   * shifted into the exponent they are 2^k. Bits are reinterpreted by copying through memory that is
   * seen as floats and as ints, since the compiler does not vectorise intBitsToFloat. Nor does it
   * vectorise loops over x[from + i], so tiles begin at 0.
   */
  private static void shiftIntoExponent(float[] power, int from, int n, Workspace ws) {
    int[] ints = ws.ints;
    ws.bitsAsFloats.put(0, power, from, n);
    ws.bitsAsInts.get(0, ints, 0, n);
    for (int i = 0; i < n; i++) {
      ints[i] = (ints[i] + 127) << 23;
    }
    ws.bitsAsInts.put(0, ints, 0, n);
    ws.bitsAsFloats.get(0, power, from, n);
  }

  /** The error function, to an absolute error of 4e-7: z times a rational function of z^2. */
  static float erf(float z) {
    float t = Math.min(z * z, ERF_MAX * ERF_MAX);
    float p = ERF_P5;
    p = p * t + ERF_P4;
    p = p * t + ERF_P3;
    p = p * t + ERF_P2;
    p = p * t + ERF_P1;
    p = p * t + ERF_P0;
    float q = ERF_Q5;
    q = q * t + ERF_Q4;
    q = q * t + ERF_Q3;
    q = q * t + ERF_Q2;
    q = q * t + ERF_Q1;
    q = q * t + 1f;
    return Math.max(Math.min(z * p / q, 1f), -1f);
  }

  /** The sum of {@code n} elements from {@code from} on, in eight partial sums. */
  static float sum(float[] x, int from, int n) {
    float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
    int i = from;
    int end = from + n;
    for (; i <= end - 8; i += 8) {
      s0 += x[i];
      s1 += x[i + 1];
      s2 += x[i + 2];
      s3 += x[i + 3];
      s4 += x[i + 4];
      s5 += x[i + 5];
      s6 += x[i + 6];
      s7 += x[i + 7];
    }
    for (; i < end; i++) {
      s0 += x[i];
    }
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
  }

  /**
   * The inner product of {@code n} elements of both from {@code from} on, in eight partial sums.
   */
  static float dot(float[] x, float[] y, int from, int n) {
    float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
    int i = from;
    int end = from + n;
    for (; i <= end - 8; i += 8) {
      s0 += x[i] * y[i];
      s1 += x[i + 1] * y[i + 1];
      s2 += x[i + 2] * y[i + 2];
      s3 += x[i + 3] * y[i + 3];
      s4 += x[i + 4] * y[i + 4];
      s5 += x[i + 5] * y[i + 5];
      s6 += x[i + 6] * y[i + 6];
      s7 += x[i + 7] * y[i + 7];
    }
    for (; i < end; i++) {
      s0 += x[i] * y[i];
    }
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
  }

  /** The largest of {@code n} elements from {@code from} on. */
  static float max(float[] x, int from, int n) {
    float m0 = x[from], m1 = m0, m2 = m0, m3 = m0;
    int i = from;
    int end = from + n;
    for (; i <= end - 4; i += 4) {
      m0 = x[i] > m0 ? x[i] : m0; // Math.max is several times slower
      m1 = x[i + 1] > m1 ? x[i + 1] : m1;
      m2 = x[i + 2] > m2 ? x[i + 2] : m2;
      m3 = x[i + 3] > m3 ? x[i + 3] : m3;
    }
    for (; i < end; i++) {
      m0 = x[i] > m0 ? x[i] : m0;
    }
    return Math.max(Math.max(m0, m1), Math.max(m2, m3));
  }
}
