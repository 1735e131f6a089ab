package dev.orthant.osrm;

/** The upper end of a symmetric matrix' spectrum, in double precision. */
final class LeadingEigenvectors {

  /** How many are tried first for a share of the energy. */
  private static final int FIRST_GUESS = 16;

  private LeadingEigenvectors() {}

  /**
   * Orthonormal eigenvectors of the largest eigenvalues, in descending order.
   *
   * @param symmetric [d, d], finite; not modified
   * @return [count, d], each row with its element of largest magnitude positive
   */
  static Rows of(double[] symmetric, int d, int count) {
    double bound = norm(symmetric); // at least the largest eigenvalue
    double[] turned = new double[symmetric.length];
    for (int i = 0; i < turned.length; i++) {
      turned[i] = (i % (d + 1) == 0 ? bound : 0) - symmetric[i];
    }
    return new Rows(SmallestEigenvectors.of(turned, d, count), d);
  }

  /**
   * As few eigenvectors of the largest eigenvalues as hold a share of the trace.
   *
   * @param moment [d, d], positive semidefinite
   * @param energy the share, in (0, 1]
   * @param most so many eigenvectors if fewer do not hold it, at least 1
   */
  static Rows holding(double[] moment, int d, double energy, int most) {
    double trace = 0;
    for (int i = 0; i < d; i++) {
      trace += moment[i * d + i];
    }
    for (int tried = Math.min(most, FIRST_GUESS); ; tried = Math.min(most, 2 * tried)) {
      Rows rows = of(moment, d, tried);
      double held = 0;
      for (int i = 0; i < tried; i++) {
        held += quadratic(rows, i, moment);
        if (held >= energy * trace) {
          return rows.first(i + 1);
        }
      }
      if (tried == most) {
        return rows;
      }
    }
  }

  /** {@code v S v'} of one row v. */
  private static double quadratic(Rows rows, int row, double[] symmetric) {
    int d = rows.d();
    double sum = 0;
    for (int i = 0; i < d; i++) {
      double product = 0;
      for (int j = 0; j < d; j++) {
        product += symmetric[i * d + j] * rows.values()[row * d + j];
      }
      sum += rows.values()[row * d + i] * product;
    }
    return sum;
  }

  private static double norm(double[] matrix) {
    double square = 0;
    for (double value : matrix) {
      square += value * value;
    }
    return Math.sqrt(square);
  }
}
