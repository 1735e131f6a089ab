package dev.orthant.merge;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Means and interpolation on the sphere of directions, in terms of inner products. */
final class Spherical {

  /*
   * An angle whose sine is below this is no angle. A cosine near 1 or -1 that is wrong by 1e-14, as
   * that of long vectors may be, makes an angle wrong by 1e-7.
   */
  private static final double NO_ANGLE = 1e-6;

  private Spherical() {}

  /**
   * {@code sin((1 - t) Theta) / sin(Theta)} and {@code sin(t Theta) / sin(Theta)}; {@code 1 - t}
   * and {@code t} where the cosine's magnitude is above a bound, and where a vector is zero.
   */
  static double[] slerp(double[][] gram, double t, double colinear) {
    double norms = Math.sqrt(gram[0][0]) * Math.sqrt(gram[1][1]);
    double cosine = norms == 0 ? 1 : clamp(gram[0][1] / norms);
    double theta = Math.acos(cosine);
    double sine = Math.sin(theta);
    if (Math.abs(cosine) > colinear || sine < NO_ANGLE) {
      return new double[] {1 - t, t};
    }
    return new double[] {Math.sin((1 - t) * theta) / sine, Math.sin(t * theta) / sine};
  }

  /**
   * {@code sum_i w_i ||x_i||} in the direction of {@code sum_i w_i x_i / ||x_i||}, a zero vector
   * having none.
   *
   * @throws IllegalArgumentException if directions cancel out and there are more than two
   */
  static double[] barycentre(double[][] gram, double[] weights, double eps) {
    int n = weights.length;
    double[] norms = norms(gram);
    double[] unit = new double[n]; // coefficients of the mean direction
    double scale = 0;
    for (int i = 0; i < n; i++) {
      unit[i] = norms[i] == 0 ? 0 : weights[i] / norms[i];
      scale += weights[i] * norms[i];
    }
    double length = Math.sqrt(Math.max(0, quadratic(gram, unit)));
    if (Arrays.stream(norms).allMatch(norm -> norm == 0)) {
      return unit;
    }
    if (length < eps) {
      if (n <= 2) {
        return weights;
      }
      throw new IllegalArgumentException(
          "the weighted directions of the inputs cancel out and have no mean;"
              + " give the inputs other weights");
    }
    double factor = scale / length;
    return Arrays.stream(unit).map(c -> factor * c).toArray();
  }

  /**
   * The mean norm, in the direction that minimises the sum of squared angles to all vectors but
   * zeros.
   */
  static double[] karcher(double[][] gram, int maxIter, double tol) {
    int n = gram.length;
    double[] norms = norms(gram);
    int[] valid = IntStream.range(0, n).filter(i -> norms[i] > 0).toArray();
    double[] mean = new double[n]; // coefficients of x_i
    for (int i : valid) {
      mean[i] = 1 / norms[i];
    }
    double length = Math.sqrt(Math.max(0, quadratic(gram, mean)));
    if (valid.length > 0 && length < tol) { // directions cancel out: start at one of them
      Arrays.fill(mean, 0);
      mean[valid[0]] = 1 / norms[valid[0]];
    } else if (valid.length > 0) {
      scale(mean, 1 / length);
    }
    for (int iteration = 0; iteration < maxIter && valid.length > 0; iteration++) {
      double[] tangent = meanLogarithm(gram, norms, mean, valid);
      double angle = Math.sqrt(Math.max(0, quadratic(gram, tangent)));
      if (angle < tol) {
        break;
      }
      for (int i = 0; i < n; i++) { // the exponential map
        mean[i] = Math.cos(angle) * mean[i] + Math.sin(angle) / angle * tangent[i];
      }
      scale(mean, 1 / Math.sqrt(quadratic(gram, mean)));
    }
    scale(mean, Arrays.stream(norms).sum() / n);
    return mean;
  }

  /** The mean of the logarithms of all directions at a unit vector, which they are tangent to. */
  private static double[] meanLogarithm(
      double[][] gram, double[] norms, double[] mean, int[] valid) {
    double[] tangent = new double[mean.length];
    for (int i : valid) {
      double cosine = 0;
      for (int j = 0; j < mean.length; j++) {
        cosine += gram[i][j] * mean[j] / norms[i];
      }
      double theta = Math.acos(clamp(cosine));
      double sine = Math.sin(theta);
      if (sine < NO_ANGLE) { // at the mean, or opposite to it, where no direction is nearest
        continue;
      }
      double share = theta / sine / valid.length;
      tangent[i] += share / norms[i];
      for (int j = 0; j < mean.length; j++) {
        tangent[j] -= share * cosine * mean[j];
      }
    }
    return tangent;
  }

  private static double[] norms(double[][] gram) {
    double[] norms = new double[gram.length];
    Arrays.setAll(norms, i -> Math.sqrt(Math.max(0, gram[i][i])));
    return norms;
  }

  /** {@code c' G c}, the squared norm of a combination. */
  private static double quadratic(double[][] gram, double[] c) {
    double sum = 0;
    for (int i = 0; i < c.length; i++) {
      for (int j = 0; j < c.length; j++) {
        sum += c[i] * gram[i][j] * c[j];
      }
    }
    return sum;
  }

  private static void scale(double[] values, double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
  }

  private static double clamp(double cosine) {
    return Math.max(-1, Math.min(1, cosine));
  }
}
