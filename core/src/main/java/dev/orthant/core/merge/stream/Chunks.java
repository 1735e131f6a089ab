package dev.orthant.core.merge.stream;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Memory for tensors that a rule looks through several times, in pieces, off the heap and bounded:
 * what does not fit is read from the file again. Safe for use by several threads.
 */
final class Chunks {

  /** Elements of one chunk: those of all inputs together fit a second-level cache. */
  static final int LENGTH = 1 << 14;

  private static final int SLAB = 64; // chunks that are allocated together

  private final Deque<FloatBuffer> free = new ArrayDeque<>();
  private long allocatable; // chunks

  /**
   * @param bytes at most so many are held
   */
  Chunks(long bytes) {
    this.allocatable = bytes / (LENGTH * Float.BYTES);
  }

  /** A chunk, if there is one. */
  synchronized Optional<FloatBuffer> take() {
    if (free.isEmpty() && allocatable > 0) {
      int count = (int) Math.min(SLAB, allocatable);
      FloatBuffer slab =
          ByteBuffer.allocateDirect(count * LENGTH * Float.BYTES)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      for (int i = 0; i < count; i++) {
        free.add(slab.slice(i * LENGTH, LENGTH));
      }
      allocatable -= count;
    }
    return Optional.ofNullable(free.poll());
  }

  synchronized void giveBack(FloatBuffer chunk) {
    free.push(chunk);
  }
}
