package dev.orthant.core.checkpoint;

import java.util.Arrays;

/**
 * What a safetensors header says of one tensor.
 *
 * @param dtype element type
 * @param shape sizes, outermost first; empty for a scalar; not to be modified
 * @param begin first byte, counted from the end of the header
 * @param end byte after the last one, counted from the end of the header
 */
public record TensorInfo(Dtype dtype, long[] shape, long begin, long end) {

  /** The number of elements. */
  public long elements() {
    long n = 1;
    for (long d : shape) {
      n *= d;
    }
    return n;
  }

  /** The number of bytes. */
  public long bytes() {
    return end - begin;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorInfo o
        && dtype == o.dtype
        && Arrays.equals(shape, o.shape)
        && begin == o.begin
        && end == o.end;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(shape) * 31 + Long.hashCode(begin);
  }

  @Override
  public String toString() {
    return dtype + Arrays.toString(shape);
  }
}
