package dev.orthant.core.checkpoint;

/**
 * 16-bit floating-point numbers to and from single precision. To 16 bits, ties go to the even
 * neighbour, what is too large becomes infinite, and NaN stays NaN.
 */
final class Halves {

  private Halves() {}

  static float fromBf16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  static short toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40); // a quiet bit, since the payload's top may be zero
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }

  static float fromF16(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits >>> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0x1f) { // infinite or NaN
      return Float.intBitsToFloat(sign | 0x7f800000 | fraction << 13);
    }
    if (exponent == 0) { // zero or subnormal: fraction * 2^-24, exact in single precision
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | exponent + 112 << 23 | fraction << 13);
  }

  static short toF16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) { // NaN, made quiet
      return (short) (sign | 0x7e00 | magnitude >>> 13 & 0x3ff);
    }
    if (magnitude >= 0x47800000) { // 2^16 and above
      return (short) (sign | 0x7c00);
    }
    if (magnitude >= 0x38800000) { // normal; rounding may carry into the exponent and to infinity
      int rounded = magnitude + 0xfff + (magnitude >>> 13 & 1);
      return (short) (sign | (rounded >>> 13) - (112 << 10));
    }
    // subnormal: value * 2^24 rounded half to even, which rint does
    return (short) (sign | (int) Math.rint(Math.abs((double) value) * 0x1p24));
  }
}
