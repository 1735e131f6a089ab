package dev.orthant.core.nn;

/**
 * Logarithms of probabilities from scores, in double precision: {@code x_i - log sum_j exp x_j}.
 */
public final class LogSoftmax {

  private LogSoftmax() {}

  /** The logarithm of one probability. */
  public static double of(float[] scores, int index) {
    return scores[index] - normalizer(scores);
  }

  /** The logarithms of all. */
  public static double[] of(float[] scores) {
    double normalizer = normalizer(scores);
    double[] logs = new double[scores.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = scores[i] - normalizer;
    }
    return logs;
  }

  /** {@code log sum_j exp x_j}, without overflow. */
  private static double normalizer(float[] scores) {
    double greatest = Double.NEGATIVE_INFINITY;
    for (float score : scores) {
      greatest = Math.max(greatest, score);
    }
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp(score - greatest);
    }
    return greatest + Math.log(sum);
  }
}
