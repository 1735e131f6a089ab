package dev.orthant.eval.metrics;

import java.util.Arrays;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * A mean with the half width of a confidence interval.
 *
 * @param mean the middle of the interval
 * @param halfWidth half its width; NaN where the data do not tell
 */
public record Interval(double mean, double halfWidth) {

  /** The level of all intervals. */
  public static final double LEVEL = 0.95;

  /**
   * Student's interval for the mean of independent values, {@code mean +- t(n - 1) s / sqrt(n)}.
   *
   * @param values at least one; for one the half width is NaN
   */
  public static Interval student(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("an interval needs at least one value");
    }
    double mean = mean(values);
    if (values.length == 1) {
      return new Interval(mean, Double.NaN);
    }
    double quantile =
        new TDistribution(null, values.length - 1).inverseCumulativeProbability((1 + LEVEL) / 2);
    return new Interval(mean, quantile * standardError(values, mean));
  }

  /** The normal approximation, {@code mean +- z standardError}. */
  public static Interval normal(double mean, double standardError) {
    double quantile =
        new NormalDistribution(null, 0, 1).inverseCumulativeProbability((1 + LEVEL) / 2);
    return new Interval(mean, quantile * standardError);
  }

  static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  /** The estimated standard deviation of the mean of independent values. */
  static double standardError(double[] values, double mean) {
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / (values.length - 1) / values.length);
  }
}
