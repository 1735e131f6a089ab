package dev.orthant.eval.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * Student's two-sided test that paired differences have mean 0.
 *
 * @param difference the mean difference with its 95 % interval
 * @param pValue the probability of a mean at least that far from 0 if the true one is 0; 1 if all
 *     differences are 0, 0 if all are the same number but not 0, NaN for fewer than two
 */
public record PairedTest(Interval difference, double pValue) {

  /**
   * Tests differences that are taken to be independent and about normal.
   *
   * @param differences at least one
   */
  public static PairedTest of(double... differences) {
    Interval interval = Interval.student(differences);
    return new PairedTest(interval, pValue(differences, interval.mean()));
  }

  /**
   * P-values corrected for their number as Holm (1979) does: sorted, the i-th smallest of m is
   * multiplied by m - i + 1, made at least as large as the one before and at most 1. If all those
   * below a level are believed, the probability of believing one or more wrongly is at most that
   * level. NaNs are not counted and stay.
   */
  public static double[] holm(double... pValues) {
    Integer[] order =
        IntStream.range(0, pValues.length)
            .filter(i -> !Double.isNaN(pValues[i]))
            .boxed()
            .sorted(Comparator.comparingDouble(i -> pValues[i]))
            .toArray(Integer[]::new);
    double[] corrected = new double[pValues.length];
    Arrays.fill(corrected, Double.NaN);
    double least = 0;
    for (int i = 0; i < order.length; i++) {
      least = Math.max(least, Math.min(1, (order.length - i) * pValues[order[i]]));
      corrected[order[i]] = least;
    }
    return corrected;
  }

  private static double pValue(double[] differences, double mean) {
    if (differences.length < 2) {
      return Double.NaN;
    }
    double error = Interval.standardError(differences, mean);
    if (error == 0) {
      return mean == 0 ? 1 : 0;
    }
    TDistribution student = new TDistribution(null, differences.length - 1);
    return 2 * student.cumulativeProbability(-Math.abs(mean / error));
  }
}
