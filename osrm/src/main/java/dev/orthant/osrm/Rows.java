package dev.orthant.osrm;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Rows of a matrix in double precision.
 *
 * @param values [count, d], row-major; not modified afterwards by anyone
 * @param d the number of columns
 */
record Rows(double[] values, int d) {

  /** What is left of a row, relative to it, when it depends on those before it. */
  private static final double DEPENDENT = 1e-10;

  /** Independent numbers, normal with mean 0 and standard deviation 1. */
  static Rows gaussian(RandomGenerator random, int count, int d) {
    double[] values = new double[count * d];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    return new Rows(values, d);
  }

  int count() {
    return values.length / d;
  }

  /** All elements times a number. */
  Rows times(double factor) {
    return new Rows(Arrays.stream(values).map(v -> factor * v).toArray(), d);
  }

  /** The first rows. */
  Rows first(int rows) {
    return new Rows(Arrays.copyOf(values, rows * d), d);
  }

  /**
   * Q of the QR decomposition of the transpose: orthonormal rows of which the first k span what the
   * first k rows span. A row that depends on those before it is replaced by a random one. Gram and
   * Schmidt's process, each row twice, because once loses orthogonality to rounding.
   */
  Rows orthonormalised(RandomGenerator random) {
    return orthonormalisedAcross(new Rows(new double[0], d), random);
  }

  /** The same for what is left of the rows across other rows, which are orthonormal already. */
  Rows orthonormalisedAcross(Rows others, RandomGenerator random) {
    if (count() + others.count() > d) {
      throw new IllegalArgumentException(
          "%d rows across %d of %d elements cannot be orthonormal"
              .formatted(count(), others.count(), d));
    }
    double[] out = values.clone();
    for (int row = 0; row < values.length; row += d) {
      double before = norm(out, row);
      subtractProjections(out, row, others.values);
      while (!(norm(out, row) > DEPENDENT * before)) {
        for (int i = row; i < row + d; i++) {
          out[i] = random.nextGaussian();
        }
        before = norm(out, row);
        subtractProjections(out, row, others.values);
      }
      double norm = norm(out, row);
      for (int i = row; i < row + d; i++) {
        out[i] /= norm;
      }
    }
    return new Rows(out, d);
  }

  /**
   * Orthonormal rows that span what these rows span: as many as are independent of those before
   * them.
   */
  Rows spanned() {
    double[] out = values.clone();
    int kept = 0; // elements
    for (int row = 0; row < values.length; row += d) {
      System.arraycopy(values, row, out, kept, d);
      double before = norm(out, kept);
      subtractProjections(out, kept, new double[0]);
      double norm = norm(out, kept);
      if (norm > DEPENDENT * before) {
        for (int i = kept; i < kept + d; i++) {
          out[i] /= norm;
        }
        kept += d;
      }
    }
    return new Rows(Arrays.copyOf(out, kept), d);
  }

  /** The sum of the rows' outer products, [d, d]. */
  double[] gram() {
    double[] gram = new double[d * d];
    for (int row = 0; row < values.length; row += d) {
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < d; j++) {
          gram[i * d + j] += values[row + i] * values[row + j];
        }
      }
    }
    return gram;
  }

  /** Each row with its element of largest magnitude, the first if there are several, positive. */
  Rows withLargestPositive() {
    double[] out = values.clone();
    for (int row = 0; row < out.length; row += d) {
      int largest = row;
      for (int i = row; i < row + d; i++) {
        largest = Math.abs(out[i]) > Math.abs(out[largest]) ? i : largest;
      }
      if (out[largest] < 0) {
        for (int i = row; i < row + d; i++) {
          out[i] = -out[i];
        }
      }
    }
    return new Rows(out, d);
  }

  /** A fresh array [count, d] in single precision. */
  INDArray toArray() {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return Nd4j.createFromArray(floats).reshape('c', count(), d);
  }

  private void subtractProjections(double[] out, int row, double[] others) {
    for (int pass = 0; pass < 2; pass++) {
      for (int other = 0; other < others.length; other += d) {
        subtractProjection(out, row, others, other);
      }
      for (int other = 0; other < row; other += d) {
        subtractProjection(out, row, out, other);
      }
    }
  }

  private void subtractProjection(double[] out, int row, double[] unit, int at) {
    double product = 0;
    for (int i = 0; i < d; i++) {
      product += out[row + i] * unit[at + i];
    }
    for (int i = 0; i < d; i++) {
      out[row + i] -= product * unit[at + i];
    }
  }

  private double norm(double[] of, int row) {
    double square = 0;
    for (int i = row; i < row + d; i++) {
      square += of[i] * of[i];
    }
    return Math.sqrt(square);
  }
}
