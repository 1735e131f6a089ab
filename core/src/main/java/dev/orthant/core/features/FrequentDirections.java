package dev.orthant.core.features;

import dev.orthant.core.lowrank.Matrix;
import java.util.Arrays;

/**
 * A Gram matrix of rows in bounded memory: B [size, d] stands for X [n, d] such that
 *
 * <pre>{@code
 * 0 <= v (X'X - B'B) v' <= lost   for every unit vector v
 * lost <= ||X - X_k||_F^2 / (size + 1 - k)   for every k up to size
 * }</pre>
 *
 * where X_k is the best approximation of X of rank k. So what X'X has in its leading directions is
 * there but for a share of the tail, and with k = 0 at most ||X||_F^2 / (size + 1) is missing
 * anywhere. Sketches of parts add up: their rows are rows to be sketched, and what they lost adds
 * up.
 *
 * <p>Rows are taken in until there are twice as many as kept; then the squared singular values are
 * lowered by the first one that is not kept (Liberty, "Simple and Deterministic Matrix Sketching",
 * KDD 2013; Ghashami et al., "Frequent Directions", SIAM Journal on Computing 2016).
 */
final class FrequentDirections {

  /*
   * Singular vectors come from the small Gram matrix B B' of the buffer, which squares condition
   * numbers: what is lost to that is far below what is lost on purpose.
   */

  private final int size;
  private final int d;
  private final double[] buffer; // [2 size, d]
  private int rows;
  private double lost;

  /**
   * @param size rows to keep, at least 1
   * @param d elements of a row
   */
  FrequentDirections(int size, int d) {
    if (size < 1) {
      throw new IllegalArgumentException("a sketch needs at least 1 row, was " + size);
    }
    this.size = size;
    this.d = d;
    this.buffer = new double[2 * size * d];
  }

  /**
   * Takes in rows.
   *
   * @param values [rows, d]
   */
  void add(double[] values) {
    for (int at = 0; at < values.length; at += d) {
      if (rows == 2 * size) {
        shrink();
      }
      System.arraycopy(values, at, buffer, rows * d, d);
      rows++;
    }
  }

  /** Adds what another sketch lost, whose rows are taken in besides. */
  void addLost(double ofAnother) {
    lost += ofAnother;
  }

  /** The rows, at most {@code size} of them, [rows, d]. */
  double[] rows() {
    if (rows > size) {
      shrink();
    }
    return Arrays.copyOf(buffer, rows * d);
  }

  /** The most that is missing of {@code v X'X v'} for a unit vector v; after {@link #rows}. */
  double lost() {
    return lost;
  }

  private void shrink() {
    Matrix b = new Matrix(rows, d, Arrays.copyOf(buffer, rows * d));
    Matrix.Svd gram = b.timesTranspose(b).svd(); // of B B' [rows, rows]: squared values of B
    double lowered = Math.max(0, gram.s()[size]);
    double[] factors = new double[rows];
    int kept = 0;
    for (int i = 0; i < size && gram.s()[i] > lowered; i++) {
      factors[i] = Math.sqrt((gram.s()[i] - lowered) / gram.s()[i]);
      kept++;
    }
    // the i-th row of U'B is the i-th right singular vector times its singular value
    Matrix turned = gram.u().columns(0, kept).transpose().times(b).scaledRows(kept, factors);
    System.arraycopy(turned.values(), 0, buffer, 0, kept * d);
    rows = kept;
    lost += lowered;
  }
}
