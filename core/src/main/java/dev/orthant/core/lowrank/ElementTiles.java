package dev.orthant.core.lowrank;

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
public final class ElementTiles {

  /** A block length that leaves room for a few blocks in a first-level cache of 32 KiB. */
  public static final int TILE = 1024;

  private final INDArray array; // keeps the memory alive
  private final FloatPointer start;

  private ElementTiles(INDArray array) {
    this.array = array;
    Nd4j.getAffinityManager().ensureLocation(array, AffinityManager.Location.HOST);
    this.start = new FloatPointer(array.data().addressPointer());
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

  /** The number of elements. */
  public long size() {
    return array.length();
  }

  /** The array itself. */
  public INDArray array() {
    return array;
  }

  /** Copies the elements {@code offset} to {@code offset + length} to the start of a tile. */
  public void read(long offset, float[] tile, int length) {
    check(offset, length);
    at(offset).get(tile, 0, length);
  }

  /** Copies the start of a tile to the elements {@code offset} to {@code offset + length}. */
  public void write(long offset, float[] tile, int length) {
    check(offset, length);
    at(offset).put(tile, 0, length);
    Nd4j.getAffinityManager().tagLocation(array, AffinityManager.Location.HOST);
  }

  private FloatPointer at(long offset) {
    return new FloatPointer(start).position(start.position() + offset);
  }

  private void check(long offset, int length) {
    if (offset < 0 || length < 0 || offset + length > array.length()) {
      throw new IndexOutOfBoundsException(
          "elements [%d, %d) of %d".formatted(offset, offset + length, array.length()));
    }
  }
}
