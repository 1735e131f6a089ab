package dev.orthant.eval.metrics;

import org.apache.commons.math3.stat.ranking.NaturalRanking;
import org.apache.commons.math3.stat.ranking.TiesStrategy;

/*
 * Commons Math's own correlations update means row by row, which loses seven digits where values
 * vary by a millionth of their size. Here means come first, as in SciPy.
 */
/** Correlations of values in pairs; NaN for fewer than two pairs, or if one side is constant. */
final class Correlation {

  private Correlation() {}

  /** Pearson's: the mean product of deviations, by both standard deviations. */
  static double pearson(double[] x, double[] y) {
    if (x.length < 2 || isConstant(x) || isConstant(y)) {
      return Double.NaN;
    }
    double[] dx = direction(x);
    double[] dy = direction(y);
    double product = 0;
    for (int i = 0; i < dx.length; i++) {
      product += dx[i] * dy[i];
    }
    return Math.max(-1, Math.min(1, product));
  }

  /** Spearman's: Pearson's of the ranks, equal values sharing their mean rank. */
  static double spearman(double[] x, double[] y) {
    return x.length < 2 ? Double.NaN : pearson(ranks(x), ranks(y));
  }

  private static boolean isConstant(double[] values) {
    for (double value : values) {
      if (value != values[0]) {
        return false;
      }
    }
    return true;
  }

  /** Deviations from the mean, of length 1. */
  private static double[] direction(double[] values) {
    double mean = mean(values);
    double largest = 0;
    double[] deviations = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      deviations[i] = values[i] - mean;
      largest = Math.max(largest, Math.abs(deviations[i]));
    }
    double squares = 0;
    for (double d : deviations) {
      squares += d / largest * (d / largest); // neither overflows nor vanishes
    }
    double norm = largest * Math.sqrt(squares);
    for (int i = 0; i < deviations.length; i++) {
      deviations[i] /= norm;
    }
    return deviations;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value / values.length;
    }
    double correction = 0; // of what the first pass rounded
    for (double value : values) {
      correction += (value - sum) / values.length;
    }
    return sum + correction;
  }

  private static double[] ranks(double[] values) {
    double[] oneZero = new double[values.length]; // Commons Math ranks -0.0 below 0.0
    for (int i = 0; i < values.length; i++) {
      oneZero[i] = values[i] + 0.0;
    }
    return new NaturalRanking(TiesStrategy.AVERAGE).rank(oneZero);
  }
}
