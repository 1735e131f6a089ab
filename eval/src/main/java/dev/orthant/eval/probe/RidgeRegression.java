package dev.orthant.eval.probe;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;

/** Least squares with a penalty: {@code sum_i (w x_i + c - y_i)^2 / 2 + strength / 2 ||w||^2}. */
final class RidgeRegression {

  private RidgeRegression() {}

  /**
   * The parameters [d + 1], the intercept last.
   *
   * @param x [n][d], every feature of mean 0, so that the intercept is the mean of y
   */
  static double[] fit(double[][] x, double[] y, double strength) {
    int d = x[0].length;
    double mean = 0;
    for (double v : y) {
      mean += v / y.length;
    }
    double[][] gram = new double[d][d];
    double[] cross = new double[d];
    for (int i = 0; i < x.length; i++) {
      double[] row = x[i];
      for (int j = 0; j < d; j++) {
        double factor = row[j];
        double[] into = gram[j];
        for (int k = 0; k <= j; k++) {
          into[k] += factor * row[k];
        }
        cross[j] += factor * (y[i] - mean);
      }
    }
    for (int j = 0; j < d; j++) {
      gram[j][j] += strength;
      for (int k = 0; k < j; k++) {
        gram[k][j] = gram[j][k];
      }
    }
    double[] w =
        new CholeskyDecomposition(new Array2DRowRealMatrix(gram, false))
            .getSolver()
            .solve(new ArrayRealVector(cross, false))
            .toArray();
    double[] parameters = new double[d + 1];
    System.arraycopy(w, 0, parameters, 0, d);
    parameters[d] = mean;
    return parameters;
  }
}
