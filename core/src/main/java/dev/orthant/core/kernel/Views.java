package dev.orthant.core.kernel;

import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Buffers over native memory by where it lies, so that a training step need not make them again. A
 * view does not keep memory alive, and one of memory that is gone is never asked for: of one
 * thread.
 */
final class Views {

  private static final int SLOTS = 1 << 10;
  private static final int PROBES = 8; // places where an address may be
  private static final long MIX = 0x9E3779B97F4A7C15L; // 2^64 over the golden ratio

  private final long[] addresses = new long[SLOTS];
  private final @Nullable FloatBuffer[] buffers = new FloatBuffer[SLOTS];
  private final Floats.Cursor cursor = new Floats.Cursor();

  /** A buffer of {@code length} floats from an address on, or of more that have been there. */
  FloatBuffer of(long address, long length) {
    int first = (int) (address * MIX >>> Long.SIZE - Integer.numberOfTrailingZeros(SLOTS));
    int slot = first;
    for (int i = 0; i < PROBES; i++) {
      int at = first + i & SLOTS - 1;
      FloatBuffer known = buffers[at];
      if (known == null || addresses[at] == address) {
        if (known != null && known.capacity() >= length) {
          return known;
        }
        slot = at;
        break;
      }
    }
    FloatBuffer made = cursor.at(address, length).asBuffer();
    addresses[slot] = address;
    buffers[slot] = made;
    return made;
  }
}
