package dev.orthant.core.checkpoint;

import java.nio.ByteBuffer;
import org.nd4j.linalg.api.buffer.DataType;

/** Single elements to and from little-endian bytes. */
final class Elements {

  private Elements() {}

  /** Reads {@code count} numbers of a floating-point type to the start of an array. */
  static void toFloats(Dtype dtype, ByteBuffer bytes, float[] into, int count) {
    toFloats(dtype, bytes, into, 0, count);
  }

  /** Reads {@code count} numbers of a floating-point type to an array from {@code start} on. */
  static void toFloats(Dtype dtype, ByteBuffer bytes, float[] into, int start, int count) {
    int end = start + count;
    switch (dtype) {
      case F32 -> bytes.asFloatBuffer().get(into, start, count);
      case BF16 -> {
        for (int i = start; i < end; i++) {
          into[i] = Halves.fromBf16(bytes.getShort());
        }
      }
      case F16 -> {
        for (int i = start; i < end; i++) {
          into[i] = Halves.fromF16(bytes.getShort());
        }
      }
      case F64 -> {
        for (int i = start; i < end; i++) {
          into[i] = (float) bytes.getDouble();
        }
      }
      default -> throw new IllegalArgumentException("not a floating-point type: " + dtype);
    }
  }

  /** Appends {@code count} numbers of an array from {@code start} on, rounded to the type. */
  static void fromFloats(Dtype dtype, float[] values, int start, int count, ByteBuffer into) {
    int end = start + count;
    switch (dtype) {
      case F32 -> into.asFloatBuffer().put(values, start, count);
      case BF16 -> {
        for (int i = start; i < end; i++) {
          into.putShort(Halves.toBf16(values[i]));
        }
      }
      case F16 -> {
        for (int i = start; i < end; i++) {
          into.putShort(Halves.toF16(values[i]));
        }
      }
      case F64 -> {
        for (int i = start; i < end; i++) {
          into.putDouble(values[i]);
        }
      }
      default -> throw new IllegalArgumentException("not a floating-point type: " + dtype);
    }
  }

  static double toDouble(Dtype dtype, ByteBuffer bytes) {
    return switch (dtype) {
      case F64 -> bytes.getDouble();
      case F32 -> bytes.getFloat();
      case BF16 -> Halves.fromBf16(bytes.getShort());
      case F16 -> Halves.fromF16(bytes.getShort());
      default -> throw new IllegalArgumentException("not a floating-point type: " + dtype);
    };
  }

  /** Reads a whole number; one of U64 beyond a long comes out negative. */
  static long toLong(Dtype dtype, ByteBuffer bytes) {
    return switch (dtype) {
      case I8 -> bytes.get();
      case U8, BOOL -> bytes.get() & 0xffL;
      case I16 -> bytes.getShort();
      case U16 -> bytes.getShort() & 0xffffL;
      case I32 -> bytes.getInt();
      case U32 -> bytes.getInt() & 0xffffffffL;
      case I64, U64 -> bytes.getLong();
      default -> throw new IllegalArgumentException("not an integer type: " + dtype);
    };
  }

  /** Appends a number, rounded to a 16-bit type. */
  static void put(Dtype dtype, float value, ByteBuffer into) {
    into.putShort(dtype == Dtype.BF16 ? Halves.toBf16(value) : Halves.toF16(value));
  }

  /** The type that holds an array's elements exactly. */
  static Dtype of(String name, DataType type) {
    return switch (type) {
      case FLOAT -> Dtype.F32;
      case DOUBLE -> Dtype.F64;
      case HALF -> Dtype.F16;
      case BFLOAT16 -> Dtype.BF16;
      case LONG -> Dtype.I64;
      case INT -> Dtype.I32;
      default ->
          throw new IllegalArgumentException(
              "tensor '%s' has elements of type %s, expected one of FLOAT, DOUBLE, HALF, BFLOAT16, LONG, INT"
                  .formatted(name, type));
    };
  }
}
