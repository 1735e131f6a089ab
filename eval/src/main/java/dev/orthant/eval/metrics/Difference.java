package dev.orthant.eval.metrics;

import dev.orthant.core.spi.CounterRandom;
import java.util.Arrays;

/**
 * How much more one predictor got than another on the same rows.
 *
 * @param value the difference of the scores
 * @param standardError its standard error over the rows; NaN for fewer than two rows
 */
public record Difference(double value, double standardError) {

  private static final int RESAMPLES = 1000;

  /**
   * {@code score - reference}. The standard error for accuracy is that of the mean of the rows'
   * differences d in {-1, 0, 1}, {@code sqrt(sum (d - mean)^2 / (n - 1) / n)}; for other metrics it
   * is the standard deviation of the difference over 1,000 bootstrap samples of the rows, which are
   * a function of the number of rows and the same in every run. Samples in which a score is not
   * defined are left out.
   *
   * @throws IllegalArgumentException if metrics or rows differ
   */
  public static Difference between(Score score, Score reference) {
    if (score.metric() != reference.metric()
        || !Arrays.equals(score.actual(), reference.actual())) {
      throw new IllegalArgumentException(
          "a paired difference needs one metric and the same rows, were %s of %d rows and %s of %d"
              .formatted(
                  score.metric().id(),
                  score.actual().length,
                  reference.metric().id(),
                  reference.actual().length));
    }
    double value = score.value() - reference.value();
    if (score.actual().length < 2) {
      return new Difference(value, Double.NaN);
    }
    return new Difference(
        value,
        score.metric() == Metric.ACCURACY ? ofMean(score, reference) : bootstrap(score, reference));
  }

  private static double ofMean(Score score, Score reference) {
    int n = score.actual().length;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      int d = (score.isRight(i) ? 1 : 0) - (reference.isRight(i) ? 1 : 0);
      sum += d;
      squares += d * d;
    }
    double variance = (squares - sum * sum / n) / (n - 1);
    return Math.sqrt(Math.max(0, variance) / n);
  }

  private static double bootstrap(Score score, Score reference) {
    int n = score.actual().length;
    double[] actual = new double[n];
    double[] one = new double[n];
    double[] other = new double[n];
    double[] differences = new double[RESAMPLES];
    int used = 0;
    for (int sample = 0; sample < RESAMPLES; sample++) {
      CounterRandom random = CounterRandom.of(sample, "bootstrap");
      for (int i = 0; i < n; i++) {
        int row = (int) (random.uniform(i) * n);
        actual[i] = score.actual()[row];
        one[i] = score.predicted()[row];
        other[i] = reference.predicted()[row];
      }
      double difference =
          score.metric().compute(one, actual, score.classes())
              - score.metric().compute(other, actual, score.classes());
      if (!Double.isNaN(difference)) {
        differences[used++] = difference;
      }
    }
    return used < 2 ? Double.NaN : deviation(Arrays.copyOf(differences, used));
  }

  private static double deviation(double[] values) {
    double mean = Arrays.stream(values).sum() / values.length;
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.length - 1));
  }
}
