package dev.orthant.core.kernel;

import java.nio.ShortBuffer;
import org.bytedeco.javacpp.ShortPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A matrix in bfloat16, the upper halves of single-precision numbers. */
final class HalfMatrix {

  private final int rows;
  private final int columns;
  private final INDArray memory; // [rows, columns] of BFLOAT16
  private final ShortBuffer halves;

  private HalfMatrix(int rows, int columns, INDArray memory) {
    this.rows = rows;
    this.columns = columns;
    this.memory = memory;
    this.halves =
        new ShortCursor(memory.data().pointer().address(), (long) rows * columns).asBuffer();
  }

  /** Numbers rounded to the nearest, ties to even. */
  static HalfMatrix of(INDArray single) {
    int rows = (int) single.size(0);
    int columns = (int) single.size(1);
    HalfMatrix made =
        new HalfMatrix(rows, columns, Nd4j.createUninitialized(DataType.BFLOAT16, rows, columns));
    Workspace ws = new Workspace();
    Floats from = ws.buffered("weight", single);
    float[] t = new float[Workspace.TILE];
    short[] s = new short[Workspace.TILE];
    int length = Math.multiplyExact(rows, columns);
    for (int at = 0; at < length; at += Workspace.TILE) {
      int count = Math.min(Workspace.TILE, length - at);
      from.get(at, t, count);
      for (int i = 0; i < count; i++) {
        s[i] = round(t[i]);
      }
      made.halves.put(at, s, 0, count);
    }
    return made;
  }

  private static short round(float value) {
    int bits = Float.floatToIntBits(value);
    return Float.isNaN(value)
        ? (short) (bits >>> 16 | 0x40)
        : (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  /** The same numbers in single precision; fresh. */
  INDArray widened() {
    INDArray wide = Nd4j.createUninitialized(DataType.FLOAT, rows, columns);
    Workspace ws = new Workspace();
    Floats to = ws.buffered("weight", wide);
    float[] t = new float[Workspace.TILE];
    int length = rows * columns;
    for (int at = 0; at < length; at += Workspace.TILE) {
      int count = Math.min(Workspace.TILE, length - at);
      widen(at, count, t, ws);
      to.put(at, t, count);
    }
    return wide;
  }

  /** Widens a rectangle into rows without gaps. */
  void widen(
      int row,
      int rowCount,
      int column,
      int columnCount,
      Workspace.NativeScratch to,
      Workspace ws) {
    float[] t = ws.tile(0, Workspace.TILE);
    if (columnCount == columns) {
      widenAll(row * columns, rowCount * columns, 0, t, to, ws);
      return;
    }
    for (int r = 0; r < rowCount; r++) {
      widenAll((row + r) * columns + column, columnCount, r * columnCount, t, to, ws);
    }
  }

  private void widenAll(
      int from, int length, int into, float[] t, Workspace.NativeScratch to, Workspace ws) {
    for (int at = 0; at < length; at += Workspace.TILE) {
      int count = Math.min(Workspace.TILE, length - at);
      widen(from + at, count, t, ws);
      to.put(into + at, t, count);
    }
  }

  /** At most a tile. */
  private void widen(int from, int count, float[] t, Workspace ws) {
    short[] s = ws.shorts;
    int[] ints = ws.ints;
    halves.get(from, s, 0, count);
    for (int i = 0; i < count; i++) {
      ints[i] = s[i] << 16;
    }
    ws.bitsAsInts.put(0, ints, 0, count);
    ws.bitsAsFloats.get(0, t, 0, count);
  }

  @Override
  public String toString() {
    return memory.shapeInfoToString();
  }

  /** Memory that somebody else owns. */
  private static final class ShortCursor extends ShortPointer {

    ShortCursor(long newAddress, long length) {
      address = newAddress;
      limit = length;
      capacity = length;
    }
  }
}
