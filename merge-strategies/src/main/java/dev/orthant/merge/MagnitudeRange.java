package dev.orthant.merge;

import dev.orthant.core.lowrank.TileSource;

/**
 * Keeps the elements of a tensor whose magnitudes are within two bounds. Of those that equal a
 * bound, the ones in a range of ordinals are kept, counted in row-major order from 0.
 */
record MagnitudeRange(Bound least, Bound greatest) {

  /** Of the elements whose magnitude is {@code value}, those from one ordinal to another stay. */
  record Bound(float value, long from, long to) {

    static final Bound NONE = new Bound(Float.POSITIVE_INFINITY, 0, Long.MAX_VALUE);

    boolean keeps(long ordinal) {
      return ordinal >= from && ordinal < to;
    }

    boolean keepsAll() {
      return from == 0 && to == Long.MAX_VALUE;
    }
  }

  /** Keeps some of greatest magnitude; of equal ones the first in row-major order. */
  static MagnitudeRange greatest(TileSource elements, long kept) {
    MagnitudeSelect least = MagnitudeSelect.of(elements, elements.size() - kept + 1);
    long equalKept = kept - least.above();
    long to = equalKept == least.equal() ? Long.MAX_VALUE : equalKept;
    return new MagnitudeRange(new Bound(least.value(), 0, to), Bound.NONE);
  }

  /**
   * Keeps the elements whose places in ascending order of magnitude are in [from, to), counted from
   * 0; of equal magnitudes the later in row-major order is the greater.
   */
  static MagnitudeRange between(TileSource elements, long from, long to) {
    MagnitudeSelect least = MagnitudeSelect.of(elements, from + 1);
    MagnitudeSelect greatest = MagnitudeSelect.of(elements, to);
    return new MagnitudeRange(
        new Bound(least.value(), from - below(least, elements), Long.MAX_VALUE),
        new Bound(greatest.value(), 0, to - below(greatest, elements)));
  }

  /** Keeps the elements whose magnitude is at least a threshold. */
  static ElementMask atLeast(float threshold) {
    return (tile, offset, length) -> {
      for (int k = 0; k < length; k++) {
        float value = tile[k];
        tile[k] = Branchless.orZero(Math.abs(value) >= threshold, value);
      }
    };
  }

  /** A mask for one pass over the elements. */
  ElementMask mask() {
    return least.keepsAll() && greatest.keepsAll() ? atLeast(least.value) : new Counting(this);
  }

  private static long below(MagnitudeSelect select, TileSource elements) {
    return elements.size() - select.above() - select.equal();
  }

  private static final class Counting implements ElementMask {

    private final Bound least;
    private final Bound greatest;
    private long seenLeast;
    private long seenGreatest;

    Counting(MagnitudeRange range) {
      this.least = range.least;
      this.greatest = range.greatest;
    }

    @Override
    public void applyInPlace(float[] tile, long offset, int length) {
      float low = least.value();
      float high = greatest.value();
      for (int k = 0; k < length; k++) {
        float magnitude = Math.abs(tile[k]);
        boolean keep = magnitude >= low & magnitude <= high;
        if (magnitude == low || magnitude == high) { // seldom
          keep = keepsNext(magnitude);
        }
        tile[k] = Branchless.orZero(keep, tile[k]);
      }
    }

    private boolean keepsNext(float bound) {
      boolean keep = bound != least.value() || least.keeps(seenLeast++);
      return (bound != greatest.value() || greatest.keeps(seenGreatest++)) && keep;
    }
  }
}
