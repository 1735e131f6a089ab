package dev.orthant.eval.benchmark;

import java.util.SplittableRandom;

/** What the eigenvectors are taken of. */
final class Spectrum {

  /** How many eigenvectors OSRM wants: those of the smallest eigenvalues. */
  static final int WANTED = 8;

  private static final double SMALLEST = 1e-3;

  private Spectrum() {}

  /**
   * A covariance: the second moment of n random rows of length n, whose columns' standard
   * deviations fall from 1 to 1e-3.
   *
   * @return [n, n]
   */
  static double[] covariance(int n) {
    SplittableRandom random = new SplittableRandom(n);
    double[] rows = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        rows[i * n + j] = (random.nextDouble() - 0.5) * Math.pow(SMALLEST, (double) j / n);
      }
    }
    double[] covariance = new double[n * n];
    for (int r = 0; r < n; r++) {
      for (int i = 0; i < n; i++) {
        double x = rows[r * n + i];
        for (int j = 0; j < n; j++) {
          covariance[i * n + j] += x * rows[r * n + j];
        }
      }
    }
    return covariance;
  }

  /** The trace of {@code V S V'} for n-vectors in the rows of V. */
  static double trace(double[][] vectors, double[] s, int n) {
    double trace = 0;
    for (double[] v : vectors) {
      for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < n; j++) {
          sum += s[i * n + j] * v[j];
        }
        trace += v[i] * sum;
      }
    }
    return trace;
  }
}
