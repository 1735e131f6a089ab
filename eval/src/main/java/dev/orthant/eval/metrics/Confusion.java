package dev.orthant.eval.metrics;

/**
 * Counts of rows.
 *
 * @param counts [actual class][predicted class]
 */
record Confusion(long[][] counts) {

  static Confusion of(double[] predicted, double[] actual, int classes) {
    long[][] counts = new long[classes][classes];
    for (int i = 0; i < actual.length; i++) {
      counts[index(actual[i], classes)][index(predicted[i], classes)]++;
    }
    return new Confusion(counts);
  }

  double accuracy() {
    return (double) right() / rows();
  }

  /** Of class 1 where there are two, else the average over classes. */
  double f1() {
    return counts.length == 2 ? f1(1) : macroF1();
  }

  /** Over the classes that rows have or that were predicted. */
  double macroF1() {
    double sum = 0;
    int present = 0;
    for (int k = 0; k < counts.length; k++) {
      if (ofClass(k) + predictedAs(k) > 0) {
        sum += f1(k);
        present++;
      }
    }
    return sum / present;
  }

  double matthews() {
    double s = rows();
    double covariance = right() * s;
    double predictedVariance = s * s;
    double actualVariance = s * s;
    for (int k = 0; k < counts.length; k++) {
      double p = predictedAs(k);
      double t = ofClass(k);
      covariance -= p * t;
      predictedVariance -= p * p;
      actualVariance -= t * t;
    }
    double denominator = Math.sqrt(predictedVariance) * Math.sqrt(actualVariance);
    return denominator == 0 ? 0 : covariance / denominator;
  }

  private double f1(int k) {
    long both = ofClass(k) + predictedAs(k); // 2 TP + FP + FN
    return both == 0 ? 0 : 2.0 * counts[k][k] / both;
  }

  private long right() {
    long right = 0;
    for (int k = 0; k < counts.length; k++) {
      right += counts[k][k];
    }
    return right;
  }

  private long rows() {
    long rows = 0;
    for (int k = 0; k < counts.length; k++) {
      rows += ofClass(k);
    }
    return rows;
  }

  private long ofClass(int k) {
    long sum = 0;
    for (long count : counts[k]) {
      sum += count;
    }
    return sum;
  }

  private long predictedAs(int k) {
    long sum = 0;
    for (long[] row : counts) {
      sum += row[k];
    }
    return sum;
  }

  private static int index(double value, int classes) {
    int index = (int) value;
    if (index != value || index < 0 || index >= classes) {
      throw new IllegalArgumentException(
          "a class is an index in [0, %d], was %s".formatted(classes - 1, value));
    }
    return index;
  }
}
