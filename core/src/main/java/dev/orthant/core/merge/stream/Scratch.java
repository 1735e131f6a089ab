package dev.orthant.core.merge.stream;

import dev.orthant.core.checkpoint.BlockBuffer;
import java.util.ArrayList;
import java.util.List;

/** What a thread reads and writes through, used again and again. */
final class Scratch {

  /** The most elements that are read or written at once. */
  static final int BLOCK = 1 << 16;

  private final Chunks chunks;
  private final BlockBuffer buffer = new BlockBuffer(BLOCK * Float.BYTES);
  private final float[] values = new float[BLOCK];
  private final float[] base = new float[BLOCK];
  private final SumOfSquares squares = new SumOfSquares();
  private final Signs signs = new Signs();
  private final List<float[]> inputs = new ArrayList<>();

  Scratch(Chunks chunks) {
    this.chunks = chunks;
  }

  /** Without memory for tensors that are read several times. */
  static Scratch create() {
    return new Scratch(new Chunks(0));
  }

  Chunks chunks() {
    return chunks;
  }

  BlockBuffer buffer() {
    return buffer;
  }

  SumOfSquares squares() {
    return squares;
  }

  Signs signs() {
    return signs;
  }

  /** For results. */
  float[] values() {
    return values;
  }

  float[] base() {
    return base;
  }

  /** For the elements of an input, {@link Chunks#LENGTH} of them. */
  float[] input(int i) {
    while (inputs.size() <= i) {
      inputs.add(new float[Chunks.LENGTH]);
    }
    return inputs.get(i);
  }
}
