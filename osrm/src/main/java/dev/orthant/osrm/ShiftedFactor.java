package dev.orthant.osrm;

import dev.orthant.osrm.Gemm.Part;
import java.nio.DoubleBuffer;
import java.util.Optional;
import org.bytedeco.javacpp.DoublePointer;

/**
 * The Cholesky factor L of {@code S + shift I}, and through it the inverse; in native memory, which
 * {@link #close} frees.
 */
final class ShiftedFactor implements AutoCloseable {

  /*
   * In blocks of columns, looking left, so that nearly all of the work is one large product a
   * block. The inverses of the blocks on the diagonal are kept: with them substitution is products
   * too. LAPACK's own goes through triangular products that cannot be relied on (see
   * TridiagonalSolver).
   */

  private static final int BLOCK = 64;

  private final int d;
  private final Gemm gemm = new Gemm();
  private final DoublePointer l; // [d, d], of which only what is below the diagonal's blocks
  private final DoublePointer inverses; // [d, BLOCK], of the diagonal's blocks
  private final DoublePointer panel; // [d, BLOCK]

  private ShiftedFactor(int d) {
    this.d = d;
    this.l = new DoublePointer((long) d * d);
    this.inverses = new DoublePointer((long) d * BLOCK);
    this.panel = new DoublePointer((long) d * BLOCK);
  }

  /**
   * Decomposes a matrix; empty if it is not positive definite.
   *
   * @param symmetric [d, d]
   */
  static Optional<ShiftedFactor> of(double[] symmetric, int d, double shift) {
    ShiftedFactor factor = new ShiftedFactor(d);
    for (int first = 0; first < d; first += BLOCK) {
      if (!factor.eliminate(symmetric, shift, first, Math.min(BLOCK, d - first))) {
        factor.close();
        return Optional.empty();
      }
    }
    return Optional.of(factor);
  }

  /** The block of columns from {@code first} on. */
  private boolean eliminate(double[] symmetric, double shift, int first, int width) {
    int height = d - first;
    DoubleBuffer values = panel.asBuffer();
    for (int row = 0; row < height; row++) {
      values.put(row * width, symmetric, (first + row) * d + first, width);
    }
    Part here = new Part(l, (long) first * d, d);
    Part left = new Part(panel, 0, width);
    gemm.timesTransposed(height, width, first, -1, here, here, 1, left);
    double[] diagonal = new double[width * width];
    values.get(0, diagonal);
    for (int i = 0; i < width; i++) {
      diagonal[i * width + i] += shift;
    }
    if (!decompose(diagonal, width)) {
      return false;
    }
    inverses.asBuffer().put(first * BLOCK, inverse(diagonal, width));
    Part below = new Part(panel, (long) width * width, width);
    gemm.timesTransposed(
        height - width, width, width, 1, below, inverse(first), 0, factor(first + width, first));
    return true;
  }

  /** Overwrites the lower triangle by its Cholesky factor. */
  private static boolean decompose(double[] a, int n) {
    for (int j = 0; j < n; j++) {
      for (int i = j; i < n; i++) {
        double sum = a[i * n + j];
        for (int k = 0; k < j; k++) {
          sum -= a[i * n + k] * a[j * n + k];
        }
        if (i == j && !(sum > 0)) {
          return false;
        }
        a[i * n + j] = i == j ? Math.sqrt(sum) : sum / a[j * n + j];
      }
    }
    return true;
  }

  /** The inverse of a lower triangle. */
  private static double[] inverse(double[] lower, int n) {
    double[] inverse = new double[n * n];
    for (int j = 0; j < n; j++) {
      inverse[j * n + j] = 1 / lower[j * n + j];
      for (int i = j + 1; i < n; i++) {
        double sum = 0;
        for (int k = j; k < i; k++) {
          sum += lower[i * n + k] * inverse[k * n + j];
        }
        inverse[i * n + j] = -sum / lower[i * n + i];
      }
    }
    return inverse;
  }

  /**
   * Rows {@code out = in (S + shift I)^-1}.
   *
   * @param in [count, d], overwritten
   * @param out [count, d]
   */
  void solve(DoublePointer in, DoublePointer out, int count) {
    for (int first = 0; first < d; first += BLOCK) { // half L' = in
      int width = Math.min(BLOCK, d - first);
      Part rest = new Part(in, first, d);
      gemm.timesTransposed(count, width, first, -1, new Part(out, 0, d), factor(first, 0), 1, rest);
      gemm.timesTransposed(
          count, width, width, 1, rest, inverse(first), 0, new Part(out, first, d));
    }
    for (int first = (d - 1) / BLOCK * BLOCK; first >= 0; first -= BLOCK) { // out L = half
      int width = Math.min(BLOCK, d - first);
      int after = first + width;
      Part rest = new Part(out, first, d);
      gemm.times(
          count, width, d - after, -1, new Part(in, after, d), factor(after, first), 1, rest);
      gemm.times(count, width, width, 1, rest, inverse(first), 0, new Part(in, first, d));
    }
    DoublePointer.memcpy(out, in, (long) Double.BYTES * count * d);
  }

  private Part factor(int row, int column) {
    return new Part(l, (long) row * d + column, d);
  }

  /** Of the diagonal's block that begins at this row. */
  private Part inverse(int first) {
    return new Part(inverses, (long) first * BLOCK, Math.min(BLOCK, d - first));
  }

  @Override
  public void close() {
    l.close();
    inverses.close();
    panel.close();
  }
}
