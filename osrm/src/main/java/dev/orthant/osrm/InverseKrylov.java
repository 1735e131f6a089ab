package dev.orthant.osrm;

import dev.orthant.osrm.Gemm.Part;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.DoublePointer;
import org.jspecify.annotations.Nullable;

/**
 * The lower end of a large positive semidefinite matrix' spectrum: block Lanczos on the inverse,
 * whose largest eigenvalues belong to the vectors sought and stand far apart.
 */
final class InverseKrylov implements AutoCloseable {

  /*
   * A Cholesky decomposition (d^3 / 3) and a few products of the inverse with a block of vectors, all
   * of it large matrix products, where the reduction to tridiagonal form (4 d^3 / 3) reads the
   * matrix from memory once for each of its columns. The basis is orthogonalised in full, twice, so
   * no eigenvalue appears twice.
   *
   * Where the eigenvalues sought are close together, a few steps tell where they begin. Another
   * decomposition, shifted to just below them, sets them apart; it exists only if it is below.
   * Matrices without full rank are shifted by what is rounding.
   */

  /** Of the shift to positive definite, relative to the trace. */
  private static final double RANK = 1e-15;

  /**
   * Of the residual, relative to the eigenvalue of the inverse. The angle to the true subspace is
   * at most so much divided by the relative gap.
   */
  private static final double CONVERGED = 1e-9;

  /** Of the residual, relative to the trace, if that is more: far below rounding. */
  private static final double NOTHING = 1e-17;

  private static final int SMALLEST = 1024; // d
  private static final int OVERSAMPLING = 16;
  private static final int MULTIPLE = 8;
  private static final int FIRST_STEPS = 4;
  private static final int MOST_STEPS = 14;

  /** How far below the smallest eigenvalue, in widths of the set of those sought. */
  private static final double[] DISTANCES = {0.2, 1};

  private final double[] symmetric; // [d, d]
  private final int d;
  private final int count;
  private final int block;
  private final double trace;
  private final Gemm gemm = new Gemm();
  private final DoublePointer basis; // [capacity, d], orthonormal rows
  private final DoublePointer images; // [capacity, d], basis times the inverse
  private final DoublePointer scratch; // [block, d]
  private final DoublePointer small; // [capacity, capacity]
  private int size;

  /** What a basis has to offer: its best vectors, and of each what it is worth. */
  private record Ritz(double[] rows, double[] images, double[] eigenvalues, double[] residuals) {}

  private InverseKrylov(double[] symmetric, int d, int count) {
    this.symmetric = symmetric;
    this.d = d;
    this.count = count;
    this.block = blockSize(count);
    double sum = 0;
    for (int i = 0; i < d; i++) {
      sum += symmetric[i * d + i];
    }
    this.trace = sum;
    long capacity = (long) MOST_STEPS * block;
    this.basis = new DoublePointer(capacity * d);
    this.images = new DoublePointer(capacity * d);
    this.scratch = new DoublePointer((long) block * d);
    this.small = new DoublePointer(capacity * capacity);
  }

  private static int blockSize(int count) {
    return (count + OVERSAMPLING + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
  }

  /** Whether it is worth while. */
  static boolean suits(int d, int count) {
    return d >= SMALLEST && MOST_STEPS * blockSize(count) <= d;
  }

  /**
   * Orthonormal eigenvectors of the smallest eigenvalues, in ascending order; empty if the matrix
   * is not positive semidefinite, or the search has not converged.
   *
   * @param symmetric [d, d]; not modified
   * @return [count, d]
   */
  static Optional<double[]> smallest(double[] symmetric, int d, int count) {
    try (InverseKrylov search = new InverseKrylov(symmetric, d, count)) {
      return search.run();
    }
  }

  private Optional<double[]> run() {
    SplittableRandom random = new SplittableRandom(d);
    double[] vectors = new double[block * d]; // [block, d]
    Arrays.setAll(vectors, i -> random.nextGaussian());
    double shift = RANK * trace;
    Ritz ritz;
    try (ShiftedFactor factor = ShiftedFactor.of(symmetric, d, shift).orElse(null)) {
      if (factor == null) {
        return Optional.empty();
      }
      ritz = search(factor, vectors, FIRST_STEPS);
    }
    if (!isConverged(ritz)) {
      try (ShiftedFactor closer = below(ritz, shift)) {
        if (closer == null) {
          return Optional.empty();
        }
        ritz = search(closer, ritz.rows(), MOST_STEPS);
      }
    }
    return isConverged(ritz) ? Optional.of(refined(ritz)) : Optional.empty();
  }

  /**
   * The images of the best vectors: once more through the inverse takes away what they have of the
   * upper end of the spectrum, little as it is, because it would count with its large eigenvalues.
   */
  private double[] refined(Ritz ritz) {
    double[] rows = Arrays.copyOf(ritz.images(), count * d);
    orthonormalise(rows, count);
    orthonormalise(rows, count);
    return rows;
  }

  /** The inverse of the matrix shifted to just below its smallest eigenvalue. */
  private @Nullable ShiftedFactor below(Ritz ritz, double shift) {
    double lowest = 1 / (ritz.eigenvalues()[0] + ritz.residuals()[0]);
    double width = 1 / ritz.eigenvalues()[count - 1] - lowest;
    for (double distance : DISTANCES) {
      double closest = Math.min(shift, shift - (lowest - distance * width));
      Optional<ShiftedFactor> factor = ShiftedFactor.of(symmetric, d, closest);
      if (factor.isPresent()) {
        return factor.get();
      }
    }
    return null;
  }

  /** The best of the span of vectors, their images, the images of these and so on. */
  private Ritz search(ShiftedFactor factor, double[] vectors, int steps) {
    size = 0;
    for (int step = 1; ; step++) {
      extend(factor, vectors);
      if (step % 2 == 0) {
        Ritz ritz = ritz();
        if (step == steps || isConverged(ritz)) {
          return ritz;
        }
      }
      images.asBuffer().get((size - block) * d, vectors);
    }
  }

  private boolean isConverged(Ritz ritz) {
    for (int i = 0; i < count; i++) {
      double eigenvalue = ritz.eigenvalues()[i];
      double allowed = Math.max(CONVERGED, NOTHING * trace * eigenvalue);
      if (!(ritz.residuals()[i] <= allowed * eigenvalue)) {
        return false;
      }
    }
    return true;
  }

  /** Adds to the basis what vectors [block, d] add to its span. */
  private void extend(ShiftedFactor factor, double[] vectors) {
    DoublePointer added = basis.getPointer((long) size * d);
    for (int pass = 0; pass < 2; pass++) {
      added.put(vectors, 0, vectors.length);
      Part known = new Part(basis, 0, d);
      Part fresh = new Part(added, 0, d);
      Part shares = new Part(small, 0, block);
      gemm.timesTransposed(size, block, d, 1, known, fresh, 0, shares);
      gemm.transposedTimes(block, d, size, -1, shares, known, 1, fresh);
      added.get(vectors, 0, vectors.length);
      orthonormalise(vectors, block);
    }
    added.put(vectors, 0, vectors.length);
    scratch.put(vectors, 0, vectors.length);
    factor.solve(scratch, images.getPointer((long) size * d), block);
    size += block;
  }

  /** Gram and Schmidt, as modified; twice is enough. */
  private void orthonormalise(double[] vectors, int number) {
    for (int i = 0; i < number; i++) {
      scale(vectors, i, 1 / Math.sqrt(dot(vectors, i, vectors, i)));
      for (int j = 0; j < i; j++) {
        subtract(dot(vectors, i, vectors, j), vectors, j, vectors, i);
      }
      scale(vectors, i, 1 / Math.sqrt(dot(vectors, i, vectors, i)));
    }
  }

  /** The best approximations of eigenvectors of the inverse that the basis has. */
  private Ritz ritz() {
    double[] y = coefficients();
    small.put(y, 0, y.length);
    double[] rows = combine(basis);
    double[] rowImages = combine(images);
    double[] residual = rowImages.clone();
    double[] eigenvalues = new double[block];
    double[] residuals = new double[block];
    for (int i = 0; i < block; i++) {
      eigenvalues[i] = dot(rows, i, rowImages, i);
      subtract(eigenvalues[i], rows, i, residual, i);
      residuals[i] = Math.sqrt(dot(residual, i, residual, i));
    }
    return new Ritz(rows, rowImages, eigenvalues, residuals);
  }

  /** The leading eigenvectors [block, size] of the inverse within the basis. */
  private double[] coefficients() {
    gemm.timesTransposed(
        size,
        size,
        d,
        1,
        new Part(basis, 0, d),
        new Part(images, 0, d),
        0,
        new Part(small, 0, size));
    double[] products = new double[size * size];
    small.get(products, 0, products.length);
    double[] negative = new double[size * size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        negative[i * size + j] = -(products[i * size + j] + products[j * size + i]) / 2;
      }
    }
    return TridiagonalSolver.smallest(negative, size, block);
  }

  /** The rows [block, d] that the coefficients in {@code small} make of vectors [size, d]. */
  private double[] combine(DoublePointer vectors) {
    gemm.times(
        count,
        d,
        size,
        1,
        new Part(small, 0, size),
        new Part(vectors, 0, d),
        0,
        new Part(scratch, 0, d));
    double[] rows = new double[block * d];
    scratch.get(rows, 0, rows.length);
    return rows;
  }

  private double dot(double[] a, int rowOfA, double[] b, int rowOfB) {
    double first = 0; // four sums, for the processor to work on at once
    double second = 0;
    double third = 0;
    double fourth = 0;
    int i = rowOfA * d;
    int j = rowOfB * d;
    int end = i + d;
    for (; i + 3 < end; i += 4, j += 4) {
      first += a[i] * b[j];
      second += a[i + 1] * b[j + 1];
      third += a[i + 2] * b[j + 2];
      fourth += a[i + 3] * b[j + 3];
    }
    for (; i < end; i++, j++) {
      first += a[i] * b[j];
    }
    return first + second + (third + fourth);
  }

  /** to -= factor * from */
  private void subtract(double factor, double[] from, int rowOfFrom, double[] to, int rowOfTo) {
    for (int i = 0; i < d; i++) {
      to[rowOfTo * d + i] -= factor * from[rowOfFrom * d + i];
    }
  }

  private void scale(double[] vectors, int row, double by) {
    for (int i = row * d; i < (row + 1) * d; i++) {
      vectors[i] *= by;
    }
  }

  @Override
  public void close() {
    basis.close();
    images.close();
    scratch.close();
    small.close();
  }
}
