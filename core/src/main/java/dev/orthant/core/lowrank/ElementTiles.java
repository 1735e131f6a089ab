package dev.orthant.core.lowrank;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The elements of a single-precision array in row-major order, read and written in blocks.
 *
 * <p>Element-wise rules work on a small heap array at a time: a plain loop on the heap is several
 * times faster than one on off-heap memory, and a block that fits the first-level cache can go
 * through all the steps of a rule. Reading from several threads at once is safe.
 */
public final class ElementTiles implements TileSource {

  /** A block length that leaves room for a few blocks in a first-level cache of 32 KiB. */
  public static final int TILE = 1024;

  /*
   * Blocks are moved through buffers over the array's memory: copying is then a few instructions of
   * the virtual machine, where a pointer would take a native call and several objects a block.
   */

  private static final int SEGMENT_BITS = 28; // of 1 GiB, as a buffer cannot have 2

  private final INDArray array; // keeps the memory alive
  private final FloatBuffer[] segments;

  private ElementTiles(INDArray array) {
    this.array = array;
    Nd4j.getAffinityManager().ensureLocation(array, AffinityManager.Location.HOST);
    FloatPointer start = new FloatPointer(array.data().addressPointer());
    long first = start.position();
    long size = array.length();
    this.segments = new FloatBuffer[(int) (size + (1L << SEGMENT_BITS) - 1 >>> SEGMENT_BITS)];
    for (int i = 0; i < segments.length; i++) {
      long from = (long) i << SEGMENT_BITS;
      long to = Math.min(size, from + (1L << SEGMENT_BITS));
      segments[i] =
          start.capacity(first + to).limit(first + to).position(first + from).asBuffer().slice();
    }
  }

  /** The elements of an array; a copy is made only if it is not row-major single precision. */
  public static ElementTiles of(INDArray array) {
    boolean direct =
        array.dataType() == DataType.FLOAT && array.ordering() == 'c' && !array.isView();
    return new ElementTiles(direct ? array : array.castTo(DataType.FLOAT).dup('c'));
  }

  /** All elements of an array in row-major order, on the heap; fresh. */
  public static float[] toHeap(INDArray array) {
    float[] values = new float[Math.toIntExact(array.length())];
    of(array).read(0, values, values.length);
    return values;
  }

  /** A fresh array of zeros, to be written in blocks. */
  public static ElementTiles zeros(long... shape) {
    return new ElementTiles(Nd4j.create(DataType.FLOAT, shape, 'c'));
  }

  @Override
  public long size() {
    return array.length();
  }

  /** The array itself. */
  public INDArray array() {
    return array;
  }

  @Override
  public void read(long offset, float[] tile, int length) {
    check(offset, length);
    for (int done = 0; done < length; ) {
      long at = offset + done;
      FloatBuffer segment = segments[(int) (at >>> SEGMENT_BITS)];
      int place = (int) (at & (1 << SEGMENT_BITS) - 1);
      int part = Math.min(length - done, segment.capacity() - place);
      segment.get(place, tile, done, part);
      done += part;
    }
  }

  /** Copies the start of a tile to the elements {@code offset} to {@code offset + length}. */
  public void write(long offset, float[] tile, int length) {
    check(offset, length);
    for (int done = 0; done < length; ) {
      long at = offset + done;
      FloatBuffer segment = segments[(int) (at >>> SEGMENT_BITS)];
      int place = (int) (at & (1 << SEGMENT_BITS) - 1);
      int part = Math.min(length - done, segment.capacity() - place);
      segment.put(place, tile, done, part);
      done += part;
    }
    Nd4j.getAffinityManager().tagLocation(array, AffinityManager.Location.HOST);
  }

  private void check(long offset, int length) {
    if (offset < 0 || length < 0 || offset + length > array.length()) {
      throw new IndexOutOfBoundsException(
          "elements [%d, %d) of %d".formatted(offset, offset + length, array.length()));
    }
  }
}
