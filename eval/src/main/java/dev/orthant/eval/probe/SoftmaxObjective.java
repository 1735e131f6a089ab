package dev.orthant.eval.probe;

/**
 * The loss of multinomial logistic regression, {@code sum_i -log softmax(W x_i + c)[y_i] + strength
 * / 2 ||W||^2}, its gradient and its curvature. The intercepts c are not penalised.
 *
 * <p>Parameters are [k, d + 1], row-major, the intercept last.
 */
final class SoftmaxObjective {

  private final double[][] x; // [n][d]
  private final int[] y; // [n]
  private final int classes;
  private final int stride;
  private final double strength;
  private final double[][] probabilities; // [n][k], of the last point evaluated

  SoftmaxObjective(double[][] x, int[] y, int classes, double strength) {
    this.x = x;
    this.y = y;
    this.classes = classes;
    this.stride = x[0].length + 1;
    this.strength = strength;
    this.probabilities = new double[x.length][classes];
  }

  int size() {
    return classes * stride;
  }

  int rows() {
    return x.length;
  }

  /** The loss at a point, which becomes the one that gradient and curvature are of. */
  double loss(double[] w) {
    double loss = 0;
    for (int i = 0; i < x.length; i++) {
      double[] p = probabilities[i];
      product(w, x[i], p);
      double largest = p[0];
      for (double v : p) {
        largest = Math.max(largest, v);
      }
      double own = p[y[i]];
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        p[k] = Math.exp(p[k] - largest);
        sum += p[k];
      }
      for (int k = 0; k < classes; k++) {
        p[k] /= sum;
      }
      loss += Math.log(sum) + largest - own;
    }
    double penalty = 0;
    for (int at = 0; at < w.length; at++) {
      penalty += isIntercept(at) ? 0 : w[at] * w[at];
    }
    return loss + strength / 2 * penalty;
  }

  /** The gradient at the last point, which has to be given again. */
  double[] gradient(double[] w) {
    double[] g = penaltyTimes(w);
    double[] r = new double[classes];
    for (int i = 0; i < x.length; i++) {
      for (int k = 0; k < classes; k++) {
        r[k] = probabilities[i][k] - (k == y[i] ? 1 : 0);
      }
      accumulate(r, x[i], g);
    }
    return g;
  }

  /** The Hessian at the last point, times a direction. */
  double[] curvature(double[] direction) {
    double[] out = penaltyTimes(direction);
    double[] u = new double[classes];
    for (int i = 0; i < x.length; i++) {
      double[] p = probabilities[i];
      product(direction, x[i], u);
      double mean = 0;
      for (int k = 0; k < classes; k++) {
        mean += p[k] * u[k];
      }
      for (int k = 0; k < classes; k++) {
        u[k] = p[k] * (u[k] - mean);
      }
      accumulate(u, x[i], out);
    }
    return out;
  }

  private double[] penaltyTimes(double[] w) {
    double[] out = new double[w.length];
    for (int at = 0; at < w.length; at++) {
      out[at] = isIntercept(at) ? 0 : strength * w[at];
    }
    return out;
  }

  private boolean isIntercept(int at) {
    return at % stride == stride - 1;
  }

  /** {@code out = W row + c}, with four sums side by side so that they need not wait. */
  private void product(double[] w, double[] row, double[] out) {
    int d = row.length;
    for (int k = 0; k < classes; k++) {
      int at = k * stride;
      double s0 = w[at + d];
      double s1 = 0;
      double s2 = 0;
      double s3 = 0;
      int j = 0;
      for (; j + 3 < d; j += 4) {
        s0 += w[at + j] * row[j];
        s1 += w[at + j + 1] * row[j + 1];
        s2 += w[at + j + 2] * row[j + 2];
        s3 += w[at + j + 3] * row[j + 3];
      }
      for (; j < d; j++) {
        s0 += w[at + j] * row[j];
      }
      out[k] = s0 + s1 + (s2 + s3);
    }
  }

  /** {@code into += r (row, 1)'}. */
  private void accumulate(double[] r, double[] row, double[] into) {
    int d = row.length;
    for (int k = 0; k < classes; k++) {
      int at = k * stride;
      double factor = r[k];
      for (int j = 0; j < d; j++) {
        into[at + j] += factor * row[j];
      }
      into[at + d] += factor;
    }
  }
}
