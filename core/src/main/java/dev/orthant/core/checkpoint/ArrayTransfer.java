package dev.orthant.core.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
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
    for (long from = 0; from < flat.length(); from += CHUNK) {
      int count = (int) Math.min(CHUNK, flat.length() - from);
      INDArray piece = flat.get(NDArrayIndex.interval(from, from + count)).castTo(type).dup('c');
      write(channel, count, dtype.bits() / 8, elementsOf(piece, dtype));
      piece.close(); // as above
    }
  }

  private static ElementWriter elementsOf(INDArray piece, Dtype dtype) {
    if (dtype.isInteger()) {
      LongBuffer values = piece.data().asNioLong();
      return (i, out) -> Elements.put(dtype, values.get(i), out);
    }
    if (dtype == Dtype.F64) {
      DoubleBuffer values = piece.data().asNioDouble();
      return (i, out) -> out.putDouble(values.get(i));
    }
    FloatBuffer values = piece.data().asNioFloat();
    return dtype == Dtype.F32
        ? (i, out) -> out.putFloat(values.get(i))
        : (i, out) -> Elements.put(dtype, values.get(i), out);
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
      buffer.flip();
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
  }
}
