package dev.orthant.eval.probe;

/**
 * Shifts and scales features to mean 0 and variance 1 (divided by n) on the training rows; a
 * constant feature becomes 0.
 *
 * @param mean [d]
 * @param inverseScale [d], 0 for a constant feature
 */
record Standardizer(double[] mean, double[] inverseScale) {

  static Standardizer of(float[][] features) {
    int d = features[0].length;
    double[] mean = new double[d];
    double[] inverse = new double[d];
    for (float[] row : features) {
      for (int j = 0; j < d; j++) {
        mean[j] += row[j];
      }
    }
    for (int j = 0; j < d; j++) {
      mean[j] /= features.length;
    }
    for (float[] row : features) {
      for (int j = 0; j < d; j++) {
        inverse[j] += (row[j] - mean[j]) * (row[j] - mean[j]);
      }
    }
    for (int j = 0; j < d; j++) {
      double deviation = Math.sqrt(inverse[j] / features.length);
      boolean constant = deviation <= 1e-7 * Math.abs(mean[j]); // single precision's rounding
      inverse[j] = constant ? 0 : 1 / deviation;
    }
    return new Standardizer(mean, inverse);
  }

  /** [n][d], fresh. */
  double[][] apply(float[][] features) {
    double[][] out = new double[features.length][];
    for (int i = 0; i < out.length; i++) {
      float[] row = features[i];
      if (row.length != mean.length) {
        throw new IllegalArgumentException(
            "the probe was fitted on %d features, row %d has %d"
                .formatted(mean.length, i + 1, row.length));
      }
      double[] standard = new double[row.length];
      for (int j = 0; j < row.length; j++) {
        standard[j] = (row[j] - mean[j]) * inverseScale[j];
      }
      out[i] = standard;
    }
    return out;
  }
}
