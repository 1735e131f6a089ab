package dev.orthant.core.kernel;

import static java.util.Objects.requireNonNull;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The off-heap memory of one array, for native code and for bulk copies from and to the heap. */
final class Floats {

  /** A pointer whose address can be set. It owns nothing. */
  static final class Cursor extends FloatPointer {

    Cursor at(long newAddress) {
      address = newAddress;
      return this;
    }

    Cursor at(long newAddress, long length) {
      address = newAddress;
      limit = length;
      capacity = length;
      return this;
    }
  }

  private final INDArray array; // keeps the memory alive
  private final long address;
  private final long length;
  private @Nullable FloatBuffer buffer;

  private Floats(INDArray array) {
    this.array = array;
    this.address = array.data().pointer().address() + Float.BYTES * array.offset();
    this.length = array.length();
  }

  /**
   * The memory of an array.
   *
   * @throws IllegalArgumentException if it is not dense, row-major and single-precision
   */
  static Floats of(String name, INDArray array) {
    requireNonNull(array, name);
    if (array.dataType() != DataType.FLOAT) {
      throw new IllegalArgumentException(
          "'%s' has elements of type %s, expected FLOAT".formatted(name, array.dataType()));
    }
    long expected = 1;
    for (int d = array.rank() - 1; d >= 0; d--) {
      if (array.size(d) != 1 && array.stride(d) != expected) {
        throw new IllegalArgumentException(
            "'%s' of shape %s has strides %s, expected a dense row-major array"
                .formatted(name, Arrays.toString(array.shape()), Arrays.toString(array.stride())));
      }
      expected *= array.size(d);
    }
    return new Floats(array);
  }

  /** The memory of an array whose elements will be copied from or to the heap. */
  static Floats buffered(String name, INDArray array, Views views) {
    Floats floats = of(name, array);
    if (floats.length > Integer.MAX_VALUE / Float.BYTES) {
      throw new IllegalArgumentException(
          "'%s' has %d elements, at most %d are possible"
              .formatted(name, floats.length, Integer.MAX_VALUE / Float.BYTES));
    }
    floats.buffer = views.of(floats.address, floats.length);
    return floats;
  }

  /** The number of elements. */
  int length() {
    return Math.toIntExact(length);
  }

  /** The address of the element at an index. */
  long address(long index) {
    return address + Float.BYTES * index;
  }

  /** Copies {@code count} elements from {@code index} on to the beginning of a tile. */
  void get(int index, float[] tile, int count) {
    get(index, tile, 0, count);
  }

  /** Copies {@code count} elements from {@code index} on to {@code at} on in a tile. */
  void get(int index, float[] tile, int at, int count) {
    requireNonNull(buffer).get(index, tile, at, count);
  }

  /** Copies the first {@code count} elements of a tile to {@code index} on. */
  void put(int index, float[] tile, int count) {
    put(index, tile, 0, count);
  }

  /** Copies {@code count} elements from {@code at} on in a tile to {@code index} on. */
  void put(int index, float[] tile, int at, int count) {
    requireNonNull(buffer).put(index, tile, at, count);
  }

  @Override
  public String toString() {
    return Arrays.toString(array.shape());
  }
}
