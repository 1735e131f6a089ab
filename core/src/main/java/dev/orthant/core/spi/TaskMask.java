package dev.orthant.core.spi;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.ElementTiles;
import java.util.function.LongPredicate;

/**
 * What one task uses of a merged delta: {@code scale * mask * delta}, element by element.
 *
 * @param bits one an element in row-major order, the lowest bit of a byte first; 1 where the task
 *     uses it; not to be modified
 * @param scale what the kept elements are multiplied by
 */
public record TaskMask(byte[] bits, double scale) {

  /** Refuses a scale that is not finite. */
  public TaskMask {
    if (!Double.isFinite(scale)) {
      throw new IllegalArgumentException("the scale of a task must be finite, was " + scale);
    }
  }

  /** A mask of elements in row-major order, which are asked for in ascending order. */
  public static TaskMask of(long elements, double scale, LongPredicate used) {
    byte[] bits = new byte[Math.toIntExact((elements + 7) / 8)];
    for (long k = 0; k < elements; k++) {
      if (used.test(k)) {
        bits[(int) (k / 8)] |= (byte) (1 << (k % 8));
      }
    }
    return new TaskMask(bits, scale);
  }

  /** Whether the task uses an element. */
  public boolean uses(long element) {
    return (bits[(int) (element / 8)] >> (element % 8) & 1) != 0;
  }

  /**
   * The delta of the task.
   *
   * @param merged the delta that the mask belongs to
   */
  public Delta of(Delta merged) {
    ElementTiles from = ElementTiles.of(merged.dense());
    if ((from.size() + 7) / 8 != bits.length) {
      throw new IllegalArgumentException(
          "a mask of %d bytes does not fit a delta of %d elements"
              .formatted(bits.length, from.size()));
    }
    ElementTiles to = ElementTiles.zeros(merged.shape());
    float[] tile = new float[ElementTiles.TILE];
    for (long at = 0; at < from.size(); at += ElementTiles.TILE) {
      int length = (int) Math.min(ElementTiles.TILE, from.size() - at);
      from.read(at, tile, length);
      for (int k = 0; k < length; k++) {
        tile[k] = uses(at + k) ? (float) (scale * tile[k]) : 0;
      }
      to.write(at, tile, length);
    }
    return new DenseDelta(to.array());
  }
}
