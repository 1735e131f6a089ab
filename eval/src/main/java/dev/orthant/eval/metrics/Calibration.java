package dev.orthant.eval.metrics;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether a classifier is right as often as it says. Rows are put into {@value #BINS} bins of equal
 * width by their confidence c, the probability of the predicted class: bin b has {@code b / 10 < c
 * <= (b + 1) / 10}, the first bin 0 as well. The rows of several scores are put together.
 *
 * <p>Guo et al., On Calibration of Modern Neural Networks, ICML 2017, arXiv 1706.04599, who use 15
 * bins; here they are 10, as test sets are small.
 *
 * @param bins from the least confidence to the greatest; empty bins have no rows and NaN
 */
public record Calibration(List<Bin> bins) {

  /** The number of bins. */
  public static final int BINS = 10;

  /** Copies the list. */
  public Calibration {
    bins = List.copyOf(bins);
  }

  /**
   * The rows of similar confidence.
   *
   * @param rows how many there are
   * @param confidence their mean confidence
   * @param accuracy the share of them that is right
   */
  public record Bin(int rows, double confidence, double accuracy) {}

  /** Of all rows whose confidence is known; without rows if there are none. */
  public static Calibration of(List<Score> scores) {
    int[] rows = new int[BINS];
    double[] confidence = new double[BINS];
    int[] right = new int[BINS];
    for (Score score : scores) {
      for (int row = 0; row < score.confidences().length; row++) {
        double c = score.confidences()[row];
        int bin = Math.max(0, Math.min(BINS, (int) Math.ceil(c * BINS)) - 1);
        rows[bin]++;
        confidence[bin] += c;
        right[bin] += score.isRight(row) ? 1 : 0;
      }
    }
    List<Bin> bins = new ArrayList<>();
    for (int b = 0; b < BINS; b++) {
      bins.add(new Bin(rows[b], confidence[b] / rows[b], (double) right[b] / rows[b]));
    }
    return new Calibration(bins);
  }

  /** The number of rows. */
  public int rows() {
    return bins.stream().mapToInt(Bin::rows).sum();
  }

  /**
   * The expected calibration error, {@code sum_b rows_b / rows |accuracy_b - confidence_b|}, in [0,
   * 1]; NaN without rows.
   */
  public double error() {
    double sum = 0;
    for (Bin bin : bins) {
      sum += bin.rows() == 0 ? 0 : bin.rows() * Math.abs(bin.accuracy() - bin.confidence());
    }
    return sum / rows();
  }
}
