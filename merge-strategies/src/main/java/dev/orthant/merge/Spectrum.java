package dev.orthant.merge;

import dev.orthant.core.lowrank.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Singular vectors and values of which some are chosen, collected over inputs. */
final class Spectrum {

  private final List<Matrix> left = new ArrayList<>(); // [rows, k_i] each
  private final List<Matrix> right = new ArrayList<>(); // [columns, k_i] each
  private double[] values = new double[0];

  /** The number of directions. */
  int size() {
    return values.length;
  }

  /** Adds the first directions of a decomposition, no more than there are. */
  void add(Matrix.Svd svd, int count) {
    int kept = Math.min(count, svd.rank(MatrixRule.NEGLIGIBLE));
    if (kept < 1) {
      return;
    }
    left.add(svd.u().columns(0, kept));
    right.add(svd.vt().rows(0, kept).transpose());
    int before = values.length;
    values = Arrays.copyOf(values, before + kept);
    System.arraycopy(svd.s(), 0, values, before, kept);
  }

  /** The mean of the values. */
  double mean() {
    return Arrays.stream(values).average().orElse(0);
  }

  /** {@code polar(U) diag(values) polar(V)'}, [rows, columns]. */
  Matrix orthogonalized() {
    return orthogonalized(values);
  }

  /** The same with one value for all directions. */
  Matrix orthogonalized(double value) {
    double[] flat = new double[values.length];
    Arrays.fill(flat, value);
    return orthogonalized(flat);
  }

  private Matrix orthogonalized(double[] by) {
    Matrix u = polar(Matrix.beside(left));
    Matrix v = polar(Matrix.beside(right));
    return u.scaledColumns(by.length, by).timesTranspose(v);
  }

  /**
   * The closest matrix with orthonormal columns (or rows), {@code P Q'} of {@code P S Q'}; of the
   * directions that are there, so that columns that depend on each other share one.
   */
  private static Matrix polar(Matrix matrix) {
    Matrix.Svd svd = matrix.svd();
    int rank = svd.rank(MatrixRule.NEGLIGIBLE);
    return svd.u().columns(0, rank).times(svd.vt().rows(0, rank));
  }
}
