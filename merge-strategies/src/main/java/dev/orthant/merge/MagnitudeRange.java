package dev.orthant.merge;

import dev.orthant.core.lowrank.ElementTiles;

/**
 * Keeps the elements of a tensor whose magnitudes are within two bounds. Of those that equal a
 * bound, the ones in a range of ordinals are kept, counted in row-major order from 0.
 */
final class MagnitudeRange implements ElementMask {

  private final Bound least;
  private final Bound greatest;
  private long seenLeast;
  private long seenGreatest;

  /** Of the elements whose magnitude is {@code value}, those from one ordinal to another stay. */
  private record Bound(float value, long from, long to) {

    static final Bound NONE = new Bound(Float.POSITIVE_INFINITY, 0, Long.MAX_VALUE);

    boolean keeps(long ordinal) {
      return ordinal >= from && ordinal < to;
    }
  }

  private MagnitudeRange(Bound least, Bound greatest) {
    this.least = least;
    this.greatest = greatest;
  }

  /** Keeps some of greatest magnitude; of equal ones the first in row-major order. */
  static ElementMask greatest(ElementTiles delta, long kept) {
    MagnitudeSelect least = MagnitudeSelect.of(delta, delta.size() - kept + 1);
    long equalKept = kept - least.above();
    return equalKept == least.equal()
        ? atLeast(least.value())
        : new MagnitudeRange(new Bound(least.value(), 0, equalKept), Bound.NONE);
  }

  /**
   * Keeps the elements whose places in ascending order of magnitude are in [from, to), counted from
   * 0; of equal magnitudes the later in row-major order is the greater.
   */
  static ElementMask between(ElementTiles delta, long from, long to) {
    MagnitudeSelect least = MagnitudeSelect.of(delta, from + 1);
    MagnitudeSelect greatest = MagnitudeSelect.of(delta, to);
    return new MagnitudeRange(
        new Bound(least.value(), from - below(least, delta), Long.MAX_VALUE),
        new Bound(greatest.value(), 0, to - below(greatest, delta)));
  }

  /** Keeps the elements whose magnitude is at least a threshold. */
  static ElementMask atLeast(float threshold) {
    return (tile, offset, length) -> {
      for (int k = 0; k < length; k++) {
        float value = tile[k];
        tile[k] = Math.abs(value) < threshold ? 0 : value;
      }
    };
  }

  private static long below(MagnitudeSelect select, ElementTiles delta) {
    return delta.size() - select.above() - select.equal();
  }

  @Override
  public void applyInPlace(float[] tile, long offset, int length) {
    float low = least.value();
    float high = greatest.value();
    for (int k = 0; k < length; k++) {
      float magnitude = Math.abs(tile[k]);
      boolean keep = magnitude >= low && magnitude <= high;
      if (magnitude == low) {
        keep &= least.keeps(seenLeast++);
      }
      if (magnitude == high) {
        keep &= greatest.keeps(seenGreatest++);
      }
      tile[k] = keep ? tile[k] : 0;
    }
  }
}
