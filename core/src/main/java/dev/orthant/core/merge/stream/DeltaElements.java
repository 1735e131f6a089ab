package dev.orthant.core.merge.stream;

import dev.orthant.core.lowrank.TileSource;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The elements of an input's delta, read from its file a block at a time; what there is memory for
 * is kept for the next look. Its sum of squares comes with the first one. For one thread.
 */
final class DeltaElements implements TileSource {

  private final MergePlan.Part part;
  private final long from;
  private final long size;
  private final @Nullable BaseBlocks base;
  private final Scratch scratch;
  private final boolean keeps;
  private final float[] block;
  private final List<FloatBuffer> kept = new ArrayList<>(); // the first blocks
  private long start = -1; // of the block
  private long summed; // elements
  private double squares;

  /**
   * @param input the place of the input
   * @param from the first element
   * @param base what the input is relative to; null for zero
   * @param keeps whether there will be several looks
   */
  DeltaElements(
      MergePlan.Part part,
      int input,
      long from,
      long size,
      @Nullable BaseBlocks base,
      Scratch scratch,
      boolean keeps) {
    this.part = part;
    this.from = from;
    this.size = size;
    this.base = base;
    this.scratch = scratch;
    this.keeps = keeps;
    this.block = scratch.input(input);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long offset, float[] tile, int length) {
    for (int done = 0; done < length; ) {
      long at = offset + done;
      int place = (int) (at % Chunks.LENGTH);
      int count = Math.min(length - done, Chunks.LENGTH - place);
      int index = (int) (at / Chunks.LENGTH);
      if (at - place == start) {
        System.arraycopy(block, place, tile, done, count);
      } else if (index < kept.size()) {
        kept.get(index).get(place, tile, done, count);
      } else {
        load(at - place);
        System.arraycopy(block, place, tile, done, count);
      }
      done += count;
    }
  }

  private void load(long offset) {
    start = -1; // in case that reading fails
    int length = (int) Math.min(Chunks.LENGTH, size - offset);
    part.model().read(part.tensor(), from + offset, block, length, scratch.buffer());
    if (base != null) {
      subtract(block, base.at(offset), length);
    }
    start = offset;
    if (offset == summed) {
      squares += scratch.squares().of(block, length);
      summed += length;
    }
    if (keeps && offset == (long) kept.size() * Chunks.LENGTH) {
      scratch
          .chunks()
          .take()
          .ifPresent(
              chunk -> {
                chunk.put(0, block, 0, length);
                kept.add(chunk);
              });
    }
  }

  /** The elements of the block that begins at an offset; valid until others are read. */
  float[] block(long offset) {
    if (offset != start) {
      int index = (int) (offset / Chunks.LENGTH);
      if (index < kept.size()) {
        kept.get(index).get(0, block, 0, (int) Math.min(Chunks.LENGTH, size - offset));
        start = offset;
      } else {
        load(offset);
      }
    }
    return block;
  }

  private static void subtract(float[] from, float[] values, int count) {
    for (int k = 0; k < count; k++) {
      from[k] -= values[k];
    }
  }

  /** The sum of squares of all elements; those that nobody looked at are read now. */
  double squares() {
    while (summed < size) {
      load(summed);
    }
    return squares;
  }

  /** Gives memory back. */
  void release() {
    kept.forEach(scratch.chunks()::giveBack);
    kept.clear();
  }
}
