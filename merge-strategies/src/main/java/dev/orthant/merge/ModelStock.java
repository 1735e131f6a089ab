package dev.orthant.merge;

import java.util.Arrays;

/**
 * Model Stock's interpolation ratio between the base and the mean of the inputs.
 *
 * @param angle how the angles of all pairs become one
 */
record ModelStock(ModelStockConfig.Angle angle) implements Coefficients {

  /** Below this the directions cancel out, but for rounding. */
  private static final double CANCELLED = 1e-9;

  /** {@code t / N} for all inputs, {@code t = N cos / (1 + (N - 1) cos)}. */
  @Override
  public double[] of(double[][] gram, double[] weights) {
    int n = gram.length;
    double cosine = cosine(gram);
    double divisor = 1 + (n - 1) * cosine;
    double[] coefficients = new double[n];
    if (divisor > CANCELLED) {
      Arrays.fill(coefficients, cosine / divisor);
    }
    return coefficients;
  }

  private double cosine(double[][] gram) {
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < gram.length; i++) {
      for (int j = 0; j < i; j++) {
        double norms = Math.sqrt(gram[i][i]) * Math.sqrt(gram[j][j]);
        double cosine = norms == 0 ? 0 : Math.max(-1, Math.min(1, gram[i][j] / norms));
        sum += angle == ModelStockConfig.Angle.MEAN_ANGLE ? Math.acos(cosine) : cosine;
        pairs++;
      }
    }
    return angle == ModelStockConfig.Angle.MEAN_ANGLE ? Math.cos(sum / pairs) : sum / pairs;
  }
}
