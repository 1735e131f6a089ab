package dev.orthant.core.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Moves ND4J arrays of any size from and to files, a few MiB at a time, on any backend. */
final class ArrayTransfer {

  /** Elements moved at once; 4 MiB of single precision. */
  static final int CHUNK = 1 << 20;

  private ArrayTransfer() {}

  /** Where a tensor's numbers come from, some at a time and in order. */
  interface FloatReader {

    /** Puts the next {@code count} numbers to the start of {@code into}. */
    void read(float[] into, int count);
  }

  /** Appends one number. */
  interface ElementWriter {

    void put(int index, ByteBuffer out);
  }

  /** A fresh 'c'-ordered single-precision array. */
  static INDArray read(long[] shape, FloatReader reader) {
    long elements = 1;
    for (long d : shape) {
      elements *= d;
    }
    if (elements == 0) {
      return Nd4j.create(DataType.FLOAT, shape);
    }
    if (elements <= CHUNK) {
      float[] all = new float[(int) elements];
      reader.read(all, all.length);
      return shape.length == 0
          ? Nd4j.scalar(all[0])
          : Nd4j.createFromArray(all).reshape('c', shape);
    }
    INDArray out = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
    INDArray flat = out.reshape('c', new long[] {elements});
    float[] chunk = new float[CHUNK];
    for (long from = 0; from < elements; from += CHUNK) {
      int count = (int) Math.min(CHUNK, elements - from);
      reader.read(chunk, count);
      INDArray piece = Nd4j.createFromArray(count == CHUNK ? chunk : Arrays.copyOf(chunk, count));
      flat.get(NDArrayIndex.interval(from, from + count)).assign(piece);
      piece.close(); // off the heap, where the garbage collector would be late
    }
    return out;
  }

  /** Writes an array's elements in 'c' order. */
  static void write(INDArray array, Dtype dtype, WritableByteChannel channel) throws IOException {
    if (array.isEmpty()) {
      return;
    }
    boolean plain = array.ordering() == 'c' && !array.isView();
    INDArray flat = (plain ? array : array.dup('c')).reshape('c', new long[] {array.length()});
    DataType type =
        dtype.isInteger() ? DataType.INT64 : dtype == Dtype.F64 ? DataType.DOUBLE : DataType.FLOAT;
    int size = dtype.bits() / 8;
    ByteBuffer buffer =
        ByteBuffer.allocate((int) Math.min(CHUNK, flat.length()) * size)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long from = 0; from < flat.length(); from += CHUNK) {
      int count = (int) Math.min(CHUNK, flat.length() - from);
      INDArray piece = flat.get(NDArrayIndex.interval(from, from + count)).castTo(type).dup('c');
      fill(buffer.clear(), piece.data(), dtype, count);
      piece.close(); // as above
      drain(buffer.position(0).limit(count * size), channel);
    }
  }

  private static void fill(ByteBuffer buffer, DataBuffer values, Dtype dtype, int count) {
    switch (dtype) {
      case F32 -> buffer.asFloatBuffer().put(values.asNioFloat().limit(count));
      case F64 -> buffer.asDoubleBuffer().put(values.asNioDouble().limit(count));
      case I64 -> buffer.asLongBuffer().put(values.asNioLong().limit(count));
      case I32 -> {
        LongBuffer longs = values.asNioLong();
        for (int i = 0; i < count; i++) {
          buffer.putInt((int) longs.get(i));
        }
      }
      case F16, BF16 -> {
        FloatBuffer floats = values.asNioFloat();
        for (int i = 0; i < count; i++) {
          Elements.put(dtype, floats.get(i), buffer);
        }
      }
      default -> throw new IllegalArgumentException("arrays are not written as " + dtype);
    }
  }

  private static void drain(ByteBuffer buffer, WritableByteChannel channel) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Writes numbers that come one by one. */
  static void write(WritableByteChannel channel, int count, int bytes, ElementWriter writer)
      throws IOException {
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.min(CHUNK, count) * bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < count; from += CHUNK) {
      buffer.clear();
      int to = from + Math.min(CHUNK, count - from);
      for (int i = from; i < to; i++) {
        writer.put(i, buffer);
      }
      drain(buffer.flip(), channel);
    }
  }
}
