package dev.orthant.osrm;

import dev.orthant.core.lowrank.Cholesky;
import dev.orthant.core.lowrank.Matrix;

/** The upper end of the spectrum of {@code S v = lambda M v}, in double precision. */
final class GeneralisedEigenvectors {

  private GeneralisedEigenvectors() {}

  /**
   * Eigenvectors of the largest eigenvalues, in descending order. With M = L L' they are {@code v =
   * L'^-1 u} for the leading eigenvectors u of {@code L^-1 S L'^-1}.
   *
   * @param s [d, d], symmetric; not modified
   * @param m [d, d], symmetric and positive definite; not modified
   * @return [count, d], with {@code v M v' = 1}
   * @throws ArithmeticException if m is not positive definite to rounding
   */
  static Rows leading(double[] s, double[] m, int d, int count) {
    Cholesky cholesky = Cholesky.of(new Matrix(d, d, m));
    Matrix half = cholesky.solveLower(new Matrix(d, d, s)); // L^-1 S
    Matrix whole = cholesky.solveLower(half.transpose()); // L^-1 S L'^-1
    double[] whitened = whole.plus(1, whole.transpose()).scaled(0.5).values();
    Matrix u = new Matrix(count, d, LeadingEigenvectors.of(whitened, d, count).values());
    return new Rows(cholesky.solveUpper(u.transpose()).transpose().values(), d);
  }
}
