package dev.orthant.osrm;

/** The upper end of the spectrum of {@code S v = lambda M v}, in double precision. */
final class GeneralisedEigenvectors {

  private GeneralisedEigenvectors() {}

  /**
   * Eigenvectors of the largest eigenvalues, in descending order. With M = U'U they are {@code v =
   * U^-1 w} for the leading eigenvectors w of {@code U'^-1 S U^-1}.
   *
   * @param s [d, d], symmetric; not modified
   * @param m [d, d], symmetric and positive definite; not modified
   * @return [count, d], with {@code v M v' = 1}
   * @throws ArithmeticException if m is not positive definite to rounding
   */
  static Rows leading(double[] s, double[] m, int d, int count) {
    Cholesky cholesky = Cholesky.of(m, d);
    double[] half = cholesky.solveTransposed(s); // U'^-1 S
    double[] whole = cholesky.solveTransposed(transposed(half, d)); // U'^-1 S U^-1
    return cholesky.solve(LeadingEigenvectors.of(symmetric(whole, d), d, count));
  }

  private static double[] transposed(double[] x, int d) {
    double[] out = new double[x.length];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        out[j * d + i] = x[i * d + j];
      }
    }
    return out;
  }

  private static double[] symmetric(double[] x, int d) {
    double[] out = new double[x.length];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        out[i * d + j] = (x[i * d + j] + x[j * d + i]) / 2;
      }
    }
    return out;
  }
}
