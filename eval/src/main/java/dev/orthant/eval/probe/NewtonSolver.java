package dev.orthant.eval.probe;

/*
 * Newton's method with conjugate gradients for the step (Nocedal and Wright, Numerical Optimization,
 * 2nd ed., algorithm 7.1): the loss is convex, so the steps need no safeguard but a line search. It
 * converges to rounding where L-BFGS at usual tolerances stops early on badly conditioned features.
 */
/** Minimises the loss of a softmax regression. */
final class NewtonSolver {

  private static final int MOST_STEPS = 100;
  private static final int MOST_INNER_STEPS = 250;
  private static final double SUFFICIENT_DECREASE = 1e-4;
  private static final double ROUNDING = 1e-13;

  private NewtonSolver() {}

  /**
   * The parameters of the least loss; {@code start} is not modified.
   *
   * @param tolerance the largest element of the mean row's gradient at which to stop
   */
  static double[] minimize(SoftmaxObjective objective, double[] start, double tolerance) {
    double[] w = start.clone();
    double loss = objective.loss(w);
    for (int step = 0; step < MOST_STEPS; step++) {
      double[] gradient = objective.gradient(w);
      if (largest(gradient) <= tolerance * objective.rows()) {
        return w;
      }
      double[] direction = direction(objective, gradient);
      double slope = dot(gradient, direction);
      double length = 1;
      double[] next = moved(w, direction, length);
      double nextLoss = objective.loss(next);
      while (nextLoss > loss + SUFFICIENT_DECREASE * length * slope + ROUNDING * Math.abs(loss)) {
        length /= 2;
        if (length < ROUNDING) {
          return w; // no further decrease that double precision can see
        }
        next = moved(w, direction, length);
        nextLoss = objective.loss(next);
      }
      w = next;
      loss = nextLoss;
    }
    return w;
  }

  /** Solves Hessian * direction = -gradient, to the precision that the gradient's size deserves. */
  private static double[] direction(SoftmaxObjective objective, double[] gradient) {
    double[] solution = new double[gradient.length];
    double[] residual = moved(new double[gradient.length], gradient, -1);
    double[] search = residual.clone();
    double squared = dot(residual, residual);
    double mean = Math.sqrt(squared) / objective.rows();
    double enough = squared * Math.min(0.25, mean);
    for (int i = 0; i < MOST_INNER_STEPS && squared > enough; i++) {
      double[] curved = objective.curvature(search);
      double curvature = dot(search, curved);
      if (curvature <= 0) {
        break; // along a shift of all intercepts the loss is flat
      }
      double length = squared / curvature;
      for (int j = 0; j < solution.length; j++) {
        solution[j] += length * search[j];
        residual[j] -= length * curved[j];
      }
      double before = squared;
      squared = dot(residual, residual);
      double keep = squared / before;
      for (int j = 0; j < search.length; j++) {
        search[j] = residual[j] + keep * search[j];
      }
    }
    return solution;
  }

  private static double[] moved(double[] from, double[] direction, double length) {
    double[] to = new double[from.length];
    for (int i = 0; i < to.length; i++) {
      to[i] = from[i] + length * direction[i];
    }
    return to;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double largest(double[] values) {
    double largest = 0;
    for (double v : values) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }
}
