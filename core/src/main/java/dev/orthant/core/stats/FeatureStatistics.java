package dev.orthant.core.stats;

import static java.util.Objects.requireNonNull;

/**
 * Sums over the feature vectors x of one task at one module: count, sum of x and sum of x x' (the
 * uncentred Gram matrix), in double precision. Statistics of disjoint data add up.
 */
public final class FeatureStatistics {

  private final String task;
  private final int dimension;
  private final long count;
  private final double[] sum;
  private final double[] gram;

  /**
   * @param task whose features these are
   * @param count number of feature vectors (tokens without padding)
   * @param sum [d], sum of the vectors; kept, not copied
   * @param gram [d, d] row-major, symmetric, sum of the outer products; kept, not copied
   */
  public FeatureStatistics(String task, long count, double[] sum, double[] gram) {
    this.task = requireNonNull(task, "task");
    this.dimension = sum.length;
    if (gram.length != (long) sum.length * sum.length) {
      throw new IllegalArgumentException(
          "a Gram matrix of %d features has %d elements, was %d"
              .formatted(sum.length, (long) sum.length * sum.length, gram.length));
    }
    if (count < 1) {
      throw new IllegalArgumentException("statistics of no feature vectors, task '" + task + "'");
    }
    this.count = count;
    this.sum = sum;
    this.gram = gram;
  }

  /** Whose features these are. */
  public String task() {
    return task;
  }

  /** The number d of features. */
  public int dimension() {
    return dimension;
  }

  /** The number of feature vectors. */
  public long count() {
    return count;
  }

  /** The sum of the vectors [d]; not to be modified. */
  public double[] sum() {
    return sum;
  }

  /** The uncentred Gram matrix [d, d], row-major; not to be modified. */
  public double[] gram() {
    return gram;
  }

  /** gram / count, [d, d]; fresh. */
  public double[] secondMoment() {
    double[] s = new double[gram.length];
    for (int i = 0; i < s.length; i++) {
      s[i] = gram[i] / count;
    }
    return s;
  }

  /** sum / count, [d]; fresh. */
  public double[] mean() {
    double[] m = new double[dimension];
    for (int i = 0; i < dimension; i++) {
      m[i] = sum[i] / count;
    }
    return m;
  }

  /**
   * The centred covariance, divided by count - 1, [d, d]; fresh.
   *
   * @throws IllegalStateException for a single vector
   */
  public double[] covariance() {
    if (count < 2) {
      throw new IllegalStateException(
          "a covariance needs two feature vectors, task '" + task + "' has one");
    }
    double[] m = mean();
    double[] c = new double[gram.length];
    for (int i = 0; i < dimension; i++) {
      for (int j = 0; j < dimension; j++) {
        int k = i * dimension + j;
        c[k] = (gram[k] - count * m[i] * m[j]) / (count - 1);
      }
    }
    return c;
  }

  /** The statistics of both sets of vectors together. */
  public FeatureStatistics plus(FeatureStatistics other) {
    if (other.dimension != dimension) {
      throw new IllegalArgumentException(
          "statistics of %d and %d features do not add up".formatted(dimension, other.dimension));
    }
    double[] s = new double[dimension];
    double[] g = new double[gram.length];
    for (int i = 0; i < s.length; i++) {
      s[i] = sum[i] + other.sum[i];
    }
    for (int i = 0; i < g.length; i++) {
      g[i] = gram[i] + other.gram[i];
    }
    return new FeatureStatistics(task, count + other.count, s, g);
  }
}
