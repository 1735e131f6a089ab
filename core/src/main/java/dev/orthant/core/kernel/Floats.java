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

  private @Nullable INDArray array; // keeps the memory alive
  private long address;
  private long length;
  private @Nullable FloatBuffer buffer;

  /**
   * Makes this the memory of an array.
   *
   * @throws IllegalArgumentException if it is not dense, row-major and single-precision
   */
  Floats at(String name, INDArray newArray) {
    check(name, newArray);
    array = newArray;
    buffer = null;
    address = newArray.data().pointer().address() + Float.BYTES * newArray.offset();
    length = newArray.length();
    return this;
  }

  /** {@link #at(String, INDArray)}, of an array whose elements are copied from or to the heap. */
  Floats at(String name, INDArray newArray, Views views) {
    at(name, newArray);
    if (length > Integer.MAX_VALUE / Float.BYTES) {
      throw new IllegalArgumentException(
          "'%s' has %d elements, at most %d are possible"
              .formatted(name, length, Integer.MAX_VALUE / Float.BYTES));
    }
    buffer = views.of(address, length);
    return this;
  }

  /** The memory of an array. See {@link #at(String, INDArray)}. */
  static Floats of(String name, INDArray array) {
    return new Floats().at(name, array);
  }

  /** See {@link #at(String, INDArray, Views)}. */
  static Floats buffered(String name, INDArray array, Views views) {
    return new Floats().at(name, array, views);
  }

  private static void check(String name, INDArray array) {
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
    return array == null ? "none" : Arrays.toString(array.shape());
  }
}
