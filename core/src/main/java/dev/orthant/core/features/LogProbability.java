package dev.orthant.core.features;

/** Gradients of log-probabilities to logits, in double precision. */
final class LogProbability {

  private LogProbability() {}

  /**
   * {@code sqrt(p_label) d log p_label / d logits} of each row, {@code sqrt(p_label) (1[c = label]
   * - p_c)}.
   *
   * @param logits [rows, classes]
   * @return [rows, classes]
   */
  static float[] weightedGradients(float[] logits, int classes, int label) {
    float[] out = new float[logits.length];
    for (int at = 0; at < logits.length; at += classes) {
      double[] p = softmax(logits, at, classes);
      double root = Math.sqrt(p[label]);
      for (int c = 0; c < classes; c++) {
        out[at + c] = (float) (root * ((c == label ? 1 : 0) - p[c]));
      }
    }
    return out;
  }

  /**
   * {@code d sum_y r_y log p_y / d logits} of each row, with {@code r_y = sqrt(p_y)} held fixed:
   * {@code r_c - p_c sum_y r_y}.
   *
   * @param logits [rows, classes]
   * @return [rows, classes]
   */
  static float[] summedGradients(float[] logits, int classes) {
    float[] out = new float[logits.length];
    for (int at = 0; at < logits.length; at += classes) {
      double[] p = softmax(logits, at, classes);
      double roots = 0;
      for (double each : p) {
        roots += Math.sqrt(each);
      }
      for (int c = 0; c < classes; c++) {
        out[at + c] = (float) (Math.sqrt(p[c]) - p[c] * roots);
      }
    }
    return out;
  }

  private static double[] softmax(float[] logits, int at, int classes) {
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      max = Math.max(max, logits[at + c]);
    }
    double[] p = new double[classes];
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      p[c] = Math.exp(logits[at + c] - max);
      sum += p[c];
    }
    for (int c = 0; c < classes; c++) {
      p[c] /= sum;
    }
    return p;
  }
}
