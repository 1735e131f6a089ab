package dev.orthant.core.checkpoint;

/**
 * The element types of safetensors, in the reference implementation's order, in which alignment
 * never decreases.
 */
public enum Dtype {
  /** One byte, 0 or 1. */
  BOOL(8),
  /** A 4-bit floating-point number. */
  F4(4),
  /** A 6-bit floating-point number, 2 bits of exponent. */
  F6_E2M3(6),
  /** A 6-bit floating-point number, 3 bits of exponent. */
  F6_E3M2(6),
  /** An unsigned byte. */
  U8(8),
  /** A signed byte. */
  I8(8),
  /** An 8-bit floating-point number, 5 bits of exponent. */
  F8_E5M2(8),
  /** An 8-bit floating-point number, 4 bits of exponent. */
  F8_E4M3(8),
  /** An 8-bit power of two. */
  F8_E8M0(8),
  /** An 8-bit floating-point number, 4 bits of exponent, without a negative zero. */
  F8_E4M3FNUZ(8),
  /** An 8-bit floating-point number, 5 bits of exponent, without a negative zero. */
  F8_E5M2FNUZ(8),
  /** A signed 16-bit integer. */
  I16(16),
  /** An unsigned 16-bit integer. */
  U16(16),
  /** IEEE 754 half precision. */
  F16(16),
  /** The upper half of a single-precision number. */
  BF16(16),
  /** A signed 32-bit integer. */
  I32(32),
  /** An unsigned 32-bit integer. */
  U32(32),
  /** Single precision. */
  F32(32),
  /** A complex number of two single-precision ones. */
  C64(64),
  /** Double precision. */
  F64(64),
  /** A signed 64-bit integer. */
  I64(64),
  /** An unsigned 64-bit integer. */
  U64(64);

  private final int bits;

  Dtype(int bits) {
    this.bits = bits;
  }

  /** The size of one element. */
  public int bits() {
    return bits;
  }

  /** Whether elements are real numbers that this package turns into single or double precision. */
  public boolean isFloat() {
    return this == F16 || this == BF16 || this == F32 || this == F64;
  }

  /** Whether elements are whole numbers; BOOL counts as one. */
  public boolean isInteger() {
    return switch (this) {
      case BOOL, U8, I8, I16, U16, I32, U32, I64, U64 -> true;
      default -> false;
    };
  }
}
