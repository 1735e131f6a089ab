package dev.orthant.core.stats;

import static java.util.Objects.requireNonNull;

import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sums over the feature vectors x of one task at one module: count, sum of x and sum of x x' (the
 * uncentred Gram matrix), in double precision. Statistics of disjoint data add up.
 *
 * <p>A Gram matrix may be there as a sketch: fewer rows B [size, d] than features, whose {@code
 * B'B} stands for it and falls short of it by at most {@link #lost()} in any direction. The matrix
 * is made of them when it is asked for, and forgotten when memory is short.
 */
public final class FeatureStatistics {

  private final String task;
  private final int dimension;
  private final long count;
  private final double[] sum;
  private final double @Nullable [] whole; // [d, d], null if there is a sketch
  private final double @Nullable [] sketch; // [size, d]
  private final double lost;
  private @Nullable SoftReference<double[]> expanded;

  /**
   * @param task whose features these are
   * @param count number of feature vectors (tokens without padding)
   * @param sum [d], sum of the vectors; kept, not copied
   * @param gram [d, d] row-major, symmetric, sum of the outer products; kept, not copied
   */
  public FeatureStatistics(String task, long count, double[] sum, double[] gram) {
    this(task, count, sum, gram, null, 0);
    if (gram.length != (long) sum.length * sum.length) {
      throw new IllegalArgumentException(
          "a Gram matrix of %d features has %d elements, was %d"
              .formatted(sum.length, (long) sum.length * sum.length, gram.length));
    }
  }

  private FeatureStatistics(
      String task,
      long count,
      double[] sum,
      double @Nullable [] whole,
      double @Nullable [] sketch,
      double lost) {
    this.task = requireNonNull(task, "task");
    this.dimension = sum.length;
    if (count < 1) {
      throw new IllegalArgumentException("statistics of no feature vectors, task '" + task + "'");
    }
    this.count = count;
    this.sum = sum;
    this.whole = whole;
    this.sketch = sketch;
    this.lost = lost;
  }

  /**
   * Statistics with a sketch in place of the Gram matrix.
   *
   * @param task whose features these are
   * @param count number of feature vectors
   * @param sum [d], sum of the vectors; kept, not copied
   * @param rows [size, d], with {@code rows' rows} in place of the Gram matrix; kept, not copied
   * @param lost the most by which that falls short of the Gram matrix in any direction, at least 0
   */
  public static FeatureStatistics sketched(
      String task, long count, double[] sum, double[] rows, double lost) {
    if (rows.length % sum.length != 0) {
      throw new IllegalArgumentException(
          "rows of %d features do not have %d elements".formatted(sum.length, rows.length));
    }
    if (!(lost >= 0)) {
      throw new IllegalArgumentException("what a sketch lost must be at least 0, was " + lost);
    }
    return new FeatureStatistics(task, count, sum, null, rows, lost);
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
  public synchronized double[] gram() {
    if (whole != null) {
      return whole;
    }
    double[] known = expanded == null ? null : expanded.get();
    if (known == null) {
      known = expand();
      expanded = new SoftReference<>(known);
    }
    return known;
  }

  /** The rows [size, d] of which the Gram matrix is made, if it is a sketch; not to be modified. */
  public Optional<double[]> sketch() {
    return Optional.ofNullable(sketch);
  }

  /** The most by which a sketched Gram matrix falls short in any direction; 0 if it is whole. */
  public double lost() {
    return lost;
  }

  /** gram / count, [d, d]; fresh. */
  public double[] secondMoment() {
    double[] gram = gram();
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
    double[] gram = gram();
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

  /**
   * The statistics of both sets of vectors together. The rows of two sketches are put together.
   *
   * @throws IllegalArgumentException if they are of other features, or one is a sketch and one not
   */
  public FeatureStatistics plus(FeatureStatistics other) {
    if (other.dimension != dimension) {
      throw new IllegalArgumentException(
          "statistics of %d and %d features do not add up".formatted(dimension, other.dimension));
    }
    double[] s = new double[dimension];
    for (int i = 0; i < s.length; i++) {
      s[i] = sum[i] + other.sum[i];
    }
    if (sketch != null && other.sketch != null) {
      double[] rows = Arrays.copyOf(sketch, sketch.length + other.sketch.length);
      System.arraycopy(other.sketch, 0, rows, sketch.length, other.sketch.length);
      return sketched(task, count + other.count, s, rows, lost + other.lost);
    }
    if (sketch != null || other.sketch != null) {
      throw new IllegalArgumentException("a sketch and a whole Gram matrix do not add up");
    }
    double[] mine = gram();
    double[] others = other.gram();
    double[] g = new double[mine.length];
    for (int i = 0; i < g.length; i++) {
      g[i] = mine[i] + others[i];
    }
    return new FeatureStatistics(task, count + other.count, s, g);
  }

  /** {@code B'B} of the sketch's rows. */
  private double[] expand() {
    double[] gram = new double[dimension * dimension];
    double[] rows = requireNonNull(sketch, "sketch");
    for (int row = 0; row < rows.length; row += dimension) {
      for (int i = 0; i < dimension; i++) {
        double x = rows[row + i];
        for (int j = 0; j < dimension; j++) {
          gram[i * dimension + j] += x * rows[row + j];
        }
      }
    }
    return gram;
  }
}
