package dev.orthant.core.nn;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Named single-precision arrays that are reused; each grows to the largest size asked for. Shapes
 * that come again get the same array again, so that batches of varying lengths make none after a
 * while.
 */
final class Buffers implements AutoCloseable {

  private static final double HEADROOM = 1.25; // so that slowly growing batches seldom reallocate
  private static final int SHAPES = 1 << 8; // that are remembered of each name, by their rows

  private final Map<String, Slot> slots = new HashMap<>();
  private int growths;

  /**
   * The array of this name. Its contents are those of the last use if the name and the shape are
   * the same, and arbitrary otherwise; an array of this name handed out with another shape before
   * is no longer valid.
   */
  INDArray get(String name, long... shape) {
    Slot slot = slots.get(name);
    if (slot == null || slot.memory.length() < length(shape)) {
      slot = grow(name, slot, length(shape));
    }
    return slot.shaped(shape);
  }

  /** Goes up whenever memory of arrays that were handed out has been freed. */
  int growths() {
    return growths;
  }

  /** The size of all memory held. */
  long bytes() {
    long bytes = 0;
    for (Slot slot : slots.values()) {
      bytes += Float.BYTES * slot.memory.length();
    }
    return bytes;
  }

  /** Frees all memory; arrays handed out are no longer valid. */
  @Override
  public void close() {
    slots.values().forEach(slot -> slot.memory.close());
    slots.clear();
    growths++;
  }

  private Slot grow(String name, @Nullable Slot old, long length) {
    long capacity = old == null ? length : (long) (length * HEADROOM);
    if (old != null) {
      old.memory.close(); // waiting for the garbage collector would let native memory pile up
    }
    Slot slot = new Slot(Nd4j.createUninitialized(DataType.FLOAT, capacity));
    slots.put(name, slot);
    growths++;
    return slot;
  }

  private static long length(long[] shape) {
    long length = 1;
    for (long size : shape) {
      length *= size;
    }
    return length;
  }

  private static final class Slot {

    private final INDArray memory; // [capacity]
    private final @Nullable INDArray[] shaped = new INDArray[SHAPES];

    Slot(INDArray memory) {
      this.memory = memory;
    }

    INDArray shaped(long[] shape) {
      int place = (int) shape[0] & SHAPES - 1;
      INDArray known = shaped[place];
      if (known != null && Arrays.equals(known.shape(), shape)) {
        return known;
      }
      INDArray made = Nd4j.create(memory.data(), shape, Nd4j.getStrides(shape, 'c'), 0, 'c');
      shaped[place] = made;
      return made;
    }
  }
}
