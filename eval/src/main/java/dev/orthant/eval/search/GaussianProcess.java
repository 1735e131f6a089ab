package dev.orthant.eval.search;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.optim.InitialGuess;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.PointValuePair;
import org.apache.commons.math3.optim.SimpleValueChecker;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunction;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.NelderMeadSimplex;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.SimplexOptimizer;

/**
 * Regression by a Gaussian process with the kernel {@code variance * m(r) + noise * [x = x']},
 * {@code m(r) = (1 + sqrt(5) r + 5 r^2 / 3) exp(-sqrt(5) r)} (Matern 5/2), r the distance with each
 * coordinate divided by its length scale (Rasmussen and Williams, 2006, chapters 2, 4 and 5).
 */
final class GaussianProcess {

  private static final int EVALUATIONS = 600;

  private final double[][] x; // [n, d]
  private final Kernel kernel;
  private final CholeskyDecomposition cholesky; // of the kernel matrix with noise
  private final RealVector alpha; // its inverse times y
  private final RealVector y;

  /**
   * @param lengths [d] length scales
   * @param variance of the function
   * @param noise variance of what is added to it in observations
   */
  record Kernel(double[] lengths, double variance, double noise) {

    double of(double[] a, double[] b) {
      double squares = 0;
      for (int j = 0; j < lengths.length; j++) {
        double difference = (a[j] - b[j]) / lengths[j];
        squares += difference * difference;
      }
      double r = Math.sqrt(5 * squares);
      return variance * (1 + r + r * r / 3) * Math.exp(-r);
    }
  }

  /**
   * What is expected at a point.
   *
   * @param deviation standard deviation of the function there, without noise
   */
  record Prediction(double mean, double deviation) {}

  /**
   * Conditions on observations.
   *
   * @param x [n, d]
   * @param y [n], of mean zero
   */
  GaussianProcess(double[][] x, double[] y, Kernel kernel) {
    this.x = x;
    this.kernel = kernel;
    this.y = new ArrayRealVector(y, true);
    RealMatrix k = new Array2DRowRealMatrix(x.length, x.length);
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j <= i; j++) {
        double value = kernel.of(x[i], x[j]) + (i == j ? kernel.noise() : 0);
        k.setEntry(i, j, value);
        k.setEntry(j, i, value);
      }
    }
    this.cholesky = new CholeskyDecomposition(k, 1e-10, 0);
    this.alpha = cholesky.getSolver().solve(this.y);
  }

  /**
   * The process whose length scales, variance and noise make the observations most likely, with
   * weak priors that keep few observations from being explained by extremes.
   *
   * @param x [n, d], in the unit cube
   * @param y [n], of mean zero and variance one
   */
  static GaussianProcess fit(double[][] x, double[] y) {
    int d = x[0].length;
    double[] start = new double[d + 2]; // logarithms
    for (int j = 0; j < d; j++) {
      start[j] = Math.log(0.5);
    }
    start[d + 1] = Math.log(0.05);
    PointValuePair best =
        new SimplexOptimizer(new SimpleValueChecker(1e-6, 1e-6, EVALUATIONS))
            .optimize(
                new MaxEval(10 * EVALUATIONS),
                new ObjectiveFunction(p -> logPosterior(x, y, p, start)),
                GoalType.MAXIMIZE,
                new InitialGuess(start),
                new NelderMeadSimplex(d + 2, 0.5));
    return new GaussianProcess(x, y, kernel(best.getPoint()));
  }

  private static Kernel kernel(double[] logarithms) {
    int d = logarithms.length - 2;
    double[] lengths = new double[d];
    for (int j = 0; j < d; j++) {
      lengths[j] = bounded(logarithms[j], 0.03, 30);
    }
    return new Kernel(
        lengths, bounded(logarithms[d], 0.01, 100), bounded(logarithms[d + 1], 1e-6, 1));
  }

  private static double bounded(double logarithm, double low, double high) {
    return Math.min(high, Math.max(low, Math.exp(logarithm)));
  }

  private static double logPosterior(double[][] x, double[] y, double[] point, double[] centre) {
    double prior = 0;
    for (int j = 0; j < point.length; j++) {
      double away = point[j] - centre[j];
      prior -= away * away / (j < point.length - 1 ? 4 : 8);
    }
    return new GaussianProcess(x, y, kernel(point)).logLikelihood() + prior;
  }

  /** {@code log p(y)}. */
  double logLikelihood() {
    RealMatrix l = cholesky.getL();
    double logDeterminant = 0;
    for (int i = 0; i < x.length; i++) {
      logDeterminant += 2 * Math.log(l.getEntry(i, i));
    }
    return -0.5 * (y.dotProduct(alpha) + logDeterminant + x.length * Math.log(2 * Math.PI));
  }

  /** The function at a point [d]. */
  Prediction at(double[] point) {
    double[] k = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      k[i] = kernel.of(x[i], point);
    }
    RealVector covariances = new ArrayRealVector(k, false);
    double explained = covariances.dotProduct(cholesky.getSolver().solve(covariances));
    double variance = Math.max(0, kernel.variance() - explained);
    return new Prediction(covariances.dotProduct(alpha), Math.sqrt(variance));
  }
}
