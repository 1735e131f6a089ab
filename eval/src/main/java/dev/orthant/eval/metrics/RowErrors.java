package dev.orthant.eval.metrics;

import dev.orthant.core.spi.CounterRandom;
import java.util.Arrays;
import java.util.List;

/**
 * How far a score, averaged over repetitions on the same rows, would vary with other rows of the
 * same kind.
 */
public final class RowErrors {

  private static final int RESAMPLES = 1000;

  private RowErrors() {}

  /**
   * The standard error over the rows of {@code mean_r (score_r - reference_r)}; without references
   * of the mean score. For accuracy it is that of the mean over the rows of what each row adds, for
   * other metrics the standard deviation over 1,000 bootstrap samples of the rows, which are a
   * function of the number of rows and the same in every run.
   *
   * @param scores of repetitions on the same rows
   * @param references as many on the same rows, each paired with the score of its index; or none
   * @return NaN for fewer than two rows
   * @throws IllegalArgumentException if metrics or rows differ
   */
  public static double of(List<Score> scores, List<Score> references) {
    Score first = scores.get(0);
    requireSameRows(first, scores);
    requireSameRows(first, references);
    if (!references.isEmpty() && references.size() != scores.size()) {
      throw new IllegalArgumentException(
          "%d scores cannot be paired with %d".formatted(scores.size(), references.size()));
    }
    int rows = first.actual().length;
    if (rows < 2) {
      return Double.NaN;
    }
    return first.metric() == Metric.ACCURACY
        ? ofMean(scores, references, rows)
        : bootstrap(scores, references, rows);
  }

  private static double ofMean(List<Score> scores, List<Score> references, int rows) {
    double[] values = new double[rows];
    for (int i = 0; i < rows; i++) {
      for (Score score : scores) {
        values[i] += score.isRight(i) ? 1.0 / scores.size() : 0;
      }
      for (Score reference : references) {
        values[i] -= reference.isRight(i) ? 1.0 / references.size() : 0;
      }
    }
    return Interval.standardError(values, Interval.mean(values));
  }

  private static double bootstrap(List<Score> scores, List<Score> references, int rows) {
    double[] values = new double[RESAMPLES];
    int used = 0;
    for (int sample = 0; sample < RESAMPLES; sample++) {
      CounterRandom random = CounterRandom.of(sample, "bootstrap");
      int[] drawn = new int[rows];
      for (int i = 0; i < rows; i++) {
        drawn[i] = (int) (random.uniform(i) * rows);
      }
      double value = mean(scores, drawn) - (references.isEmpty() ? 0 : mean(references, drawn));
      if (!Double.isNaN(value)) {
        values[used++] = value;
      }
    }
    if (used < 2) {
      return Double.NaN;
    }
    double[] defined = Arrays.copyOf(values, used);
    double mean = Interval.mean(defined);
    return Interval.standardError(defined, mean) * Math.sqrt(used); // of one value, not the mean
  }

  private static double mean(List<Score> scores, int[] drawn) {
    double sum = 0;
    for (Score score : scores) {
      double[] predicted = new double[drawn.length];
      double[] actual = new double[drawn.length];
      for (int i = 0; i < drawn.length; i++) {
        predicted[i] = score.predicted()[drawn[i]];
        actual[i] = score.actual()[drawn[i]];
      }
      sum += score.metric().compute(predicted, actual, score.classes());
    }
    return sum / scores.size();
  }

  private static void requireSameRows(Score first, List<Score> scores) {
    for (Score score : scores) {
      if (score.metric() != first.metric() || !Arrays.equals(score.actual(), first.actual())) {
        throw new IllegalArgumentException(
            "repetitions need one metric and the same rows, were %s of %d rows and %s of %d"
                .formatted(
                    first.metric().id(),
                    first.actual().length,
                    score.metric().id(),
                    score.actual().length));
      }
    }
  }
}
