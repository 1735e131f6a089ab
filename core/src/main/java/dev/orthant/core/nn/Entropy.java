package dev.orthant.core.nn;

/** The entropy of softmax predictions, in double precision. */
final class Entropy {

  private Entropy() {}

  /**
   * The mean over the rows of {@code H = -sum_c p_c log p_c}, and its gradient {@code -p_c (log p_c
   * + H) / rows}.
   *
   * @param logits [rows, classes], overwritten by the gradient
   */
  static double gradientsInPlace(float[] logits, int classes) {
    int rows = logits.length / classes;
    double[] logP = new double[classes];
    double sum = 0;
    for (int at = 0; at < logits.length; at += classes) {
      double entropy = logProbabilities(logits, at, logP);
      for (int c = 0; c < classes; c++) {
        logits[at + c] = (float) (-Math.exp(logP[c]) * (logP[c] + entropy) / rows);
      }
      sum += entropy;
    }
    return sum / rows;
  }

  /** Overwrites {@code logP} with those of one row and gives the row's entropy. */
  private static double logProbabilities(float[] logits, int at, double[] logP) {
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < logP.length; c++) {
      max = Math.max(max, logits[at + c]);
    }
    double normalizer = 0;
    for (int c = 0; c < logP.length; c++) {
      normalizer += Math.exp(logits[at + c] - max);
    }
    double entropy = 0;
    for (int c = 0; c < logP.length; c++) {
      logP[c] = logits[at + c] - max - Math.log(normalizer);
      entropy -= Math.exp(logP[c]) * logP[c];
    }
    return entropy;
  }
}
