package dev.orthant.core.merge.stream;

import dev.orthant.core.lowrank.ElementTiles;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Memory that arrays of different shapes lie in, one after the other; used by one thread. */
final class Slot {

  private final FloatPointer memory;
  private final long capacity;
  private @Nullable ElementTiles tiles; // of the last shape

  Slot(long elements) {
    this.memory = new FloatPointer(Math.max(1, elements));
    this.capacity = elements;
  }

  long capacity() {
    return capacity;
  }

  /** An array of a shape over the memory's start; what it held before is lost. */
  ElementTiles tiles(long[] shape) {
    ElementTiles last = tiles;
    if (last == null || !Arrays.equals(last.array().shape(), shape)) {
      long size = Arrays.stream(shape).reduce(1, (x, y) -> x * y);
      INDArray array =
          Nd4j.create(
              Nd4j.createBuffer(new FloatPointer(memory), size, DataType.FLOAT),
              shape,
              Nd4j.getStrides(shape, 'c'),
              0,
              'c');
      last = ElementTiles.of(array);
      tiles = last;
    }
    return last;
  }

  boolean holds(INDArray array) {
    long address = array.data().pointer().address();
    return address >= memory.address() && address < memory.address() + capacity * Float.BYTES;
  }

  void free() {
    tiles = null;
    memory.deallocate();
  }
}
