package dev.orthant.core.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What one thread computes with: heap tiles, native scratch memory and pointers. */
final class Workspace {

  /** Elements of a tile that flows through L1. */
  static final int TILE = 2048;

  final Floats.Cursor a = new Floats.Cursor();
  final Floats.Cursor b = new Floats.Cursor();
  final Floats.Cursor c = new Floats.Cursor();
  private final Views views = new Views();

  /** How many operands an operation can have. */
  static final int OPERANDS = 64;

  private final @Nullable Floats[] operands = new Floats[OPERANDS];
  private int nextOperand;

  /** Number of the first tile that {@link PlainTileMath} uses for itself. */
  static final int MATH = 16;

  /** Number of the tile that {@link FloatMath#exp} uses for itself. */
  static final int EXP = 18;

  private final float[][] tiles = new float[19][0];
  private final NativeScratch[] scratch = {new NativeScratch(), new NativeScratch()};

  // the same 4 * TILE bytes as floats and as ints, to build floats from their bits in bulk
  private final ByteBuffer bits =
      ByteBuffer.allocateDirect(Float.BYTES * TILE).order(ByteOrder.nativeOrder());
  final FloatBuffer bitsAsFloats = bits.asFloatBuffer();
  final IntBuffer bitsAsInts = bits.asIntBuffer();
  final int[] ints = new int[TILE];
  final short[] shorts = new short[TILE];

  /** The memory of an operand, until {@link #OPERANDS} others have been asked for. */
  Floats operand(String name, INDArray array) {
    return nextOperand().at(name, array);
  }

  /** The same of one whose elements are copied from or to the heap. */
  Floats buffered(String name, INDArray array) {
    return nextOperand().at(name, array, views);
  }

  private Floats nextOperand() {
    nextOperand = (nextOperand + 1) % OPERANDS;
    Floats operand = operands[nextOperand];
    if (operand == null) {
      operand = new Floats();
      operands[nextOperand] = operand;
    }
    return operand;
  }

  /**
   * The heap tile of this number (0 to 15 are free to use), with at least {@code size} elements.
   */
  float[] tile(int number, int size) {
    if (tiles[number].length < size) {
      tiles[number] = new float[Math.max(size, TILE)];
    }
    return tiles[number];
  }

  /** The native scratch memory of this number (0 or 1), with at least {@code size} elements. */
  NativeScratch scratch(int number, int size) {
    scratch[number].reserve(size);
    return scratch[number];
  }

  /** Native memory of one thread. */
  static final class NativeScratch {

    private FloatPointer pointer = new FloatPointer(1L);
    private FloatBuffer buffer = pointer.asBuffer();

    private void reserve(int size) {
      if (pointer.capacity() < size) {
        pointer.close();
        pointer = new FloatPointer((long) size);
        buffer = pointer.asBuffer();
      }
    }

    FloatPointer pointer() {
      return pointer;
    }

    void get(int index, float[] tile, int count) {
      buffer.get(index, tile, 0, count);
    }

    void put(int index, float[] tile, int count) {
      buffer.put(index, tile, 0, count);
    }
  }
}
