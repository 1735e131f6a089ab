package dev.orthant.merge;

import dev.orthant.core.lowrank.TileSource;

/**
 * DELLA's probabilities: from {@code density - epsilon} for the smallest magnitude to {@code
 * density + epsilon} for the greatest one, linear in the rank.
 *
 * <p>Elements are ranked among those of their row, or of the whole tensor. A vector is one row, and
 * so is each slice of the last dimension of a tensor of more than two. Among equal magnitudes the
 * later element has the higher rank. A row of one element has the middle probability, density.
 *
 * @param density mean probability
 * @param epsilon half the width of the range
 * @param wholeTensor whether all elements are ranked together
 */
record MagnitudeRanks(double density, double epsilon, boolean wholeTensor)
    implements KeepProbability {

  @Override
  public Filler of(long[] shape, TileSource delta) {
    long row = wholeTensor || shape.length == 0 ? delta.size() : shape[shape.length - 1];
    if (row > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "elements can be ranked among at most %d others, were %d; rank by row"
              .formatted(Integer.MAX_VALUE - 8, row));
    }
    return new Rows(delta, (int) row);
  }

  private final class Rows implements Filler {

    private final TileSource delta;
    private final float[] values; // [row]
    private final MagnitudeOrder order;
    private final float[] probabilities; // [row]
    private long start = -1; // of the row whose probabilities are known

    Rows(TileSource delta, int row) {
      this.delta = delta;
      this.values = new float[row];
      this.order = new MagnitudeOrder(row);
      this.probabilities = new float[row];
    }

    @Override
    public void fill(double[] out, long offset, int length) {
      for (int k = 0; k < length; ) {
        long at = offset + k;
        long row = at - at % values.length;
        if (row != start) {
          rank(row);
        }
        int from = (int) (at - row);
        int count = Math.min(length - k, values.length - from);
        for (int j = 0; j < count; j++) {
          out[k + j] = probabilities[from + j];
        }
        k += count;
      }
    }

    private void rank(long row) {
      int n = values.length;
      delta.read(row, values, n);
      int[] ascending = order.of(values);
      double step = n == 1 ? 0 : 2 * epsilon / (n - 1);
      double lowest = n == 1 ? density : density - epsilon;
      for (int rank = 0; rank < n; rank++) {
        probabilities[ascending[rank]] = (float) (lowest + rank * step);
      }
      start = row;
    }
  }
}
