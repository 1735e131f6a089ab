package dev.orthant.osrm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compared with Commons Math's eigenvalue decomposition. */
final class SmallestEigenvectorsTest {

  /** Relative to the largest eigenvalue: double precision with a factor of the dimension. */
  private static final double ROUNDING = 1e-12;

  @ParameterizedTest
  @CsvSource({"1, 1", "5, 5", "40, 3", "384, 8"})
  void traceIsTheOptimum(int d, int count) {
    double[] symmetric = symmetric(d);
    double[] before = symmetric.clone();

    RealMatrix rows = matrix(SmallestEigenvectors.of(symmetric, d, count), count, d);

    double[] eigenvalues = new EigenDecomposition(matrix(symmetric, d, d)).getRealEigenvalues();
    Arrays.sort(eigenvalues);
    double optimum = Arrays.stream(eigenvalues).limit(count).sum();
    RealMatrix inside = rows.multiply(matrix(symmetric, d, d)).multiply(rows.transpose());
    assertThat(inside.getTrace()).isCloseTo(optimum, within(ROUNDING * d * eigenvalues[d - 1]));
    assertThat(symmetric).containsExactly(before);
  }

  @ParameterizedTest
  @CsvSource({"5, 5", "40, 3", "384, 8"})
  void rowsAreOrthonormalAscendingAndOfDefiniteSign(int d, int count) {
    double[] symmetric = symmetric(d);

    RealMatrix rows = matrix(SmallestEigenvectors.of(symmetric, d, count), count, d);

    RealMatrix inside = rows.multiply(matrix(symmetric, d, d)).multiply(rows.transpose());
    RealMatrix products = rows.multiply(rows.transpose());
    for (int i = 0; i < count; i++) {
      assertThat(products.getEntry(i, i)).isCloseTo(1, within(ROUNDING * d));
      assertThat(Arrays.stream(rows.getRow(i)).max().orElseThrow())
          .isGreaterThanOrEqualTo(-Arrays.stream(rows.getRow(i)).min().orElseThrow());
      if (i > 0) {
        assertThat(inside.getEntry(i, i)).isGreaterThanOrEqualTo(inside.getEntry(i - 1, i - 1));
        assertThat(products.getEntry(i, i - 1)).isCloseTo(0, within(ROUNDING * d));
      }
    }
  }

  @Test
  void theSearchThroughTheInverseFindsWhatTheReductionFinds() {
    int d = 1024;
    double[] symmetric = new double[d * d]; // tridiagonal, eigenvalues 2 - 2 cos(k pi / (d + 1))
    for (int i = 0; i < d; i++) {
      symmetric[i * d + i] = 2;
      symmetric[i * d + Math.max(0, i - 1)] += i > 0 ? -1 : 0;
      symmetric[i * d + Math.min(d - 1, i + 1)] += i < d - 1 ? -1 : 0;
    }

    RealMatrix rows = matrix(SmallestEigenvectors.of(symmetric, d, 8), 8, d);

    RealMatrix inside = rows.multiply(matrix(symmetric, d, d)).multiply(rows.transpose());
    for (int k = 0; k < 8; k++) {
      double eigenvalue = 2 - 2 * Math.cos((k + 1) * Math.PI / (d + 1));
      assertThat(inside.getEntry(k, k)).isCloseTo(eigenvalue, within(1e-8 * eigenvalue));
    }
  }

  @Test
  void equalEigenvaluesGiveOrthonormalRows() {
    double[] identity = new double[16];
    for (int i = 0; i < 4; i++) {
      identity[5 * i] = 2;
    }

    RealMatrix rows = matrix(SmallestEigenvectors.of(identity, 4, 3), 3, 4);

    assertThat(rows.multiply(rows.transpose()).subtract(MatrixUtils.createRealIdentityMatrix(3)))
        .extracting(RealMatrix::getNorm)
        .isEqualTo(0.0);
  }

  @Test
  void matrixThatIsNotWhatItSaysIsNoticed() {
    // LAPACK reads the lower triangle only, so that the vectors are not those of the whole
    double[] asymmetric = {1, 5, 0, 2};

    assertThatThrownBy(() -> SmallestEigenvectors.of(asymmetric, 2, 1))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("wrong eigenvectors");
  }

  /** A random positive definite matrix whose eigenvalues range over six orders of magnitude. */
  private static double[] symmetric(int d) {
    Random random = new Random(d);
    RealMatrix mixing = new Array2DRowRealMatrix(d, d);
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        mixing.setEntry(i, j, random.nextGaussian() * Math.pow(10, -3.0 * j / d));
      }
    }
    double[] values = new double[d * d];
    RealMatrix symmetric = mixing.multiply(mixing.transpose());
    for (int i = 0; i < values.length; i++) {
      values[i] = symmetric.getEntry(Math.max(i / d, i % d), Math.min(i / d, i % d));
    }
    return values;
  }

  private static RealMatrix matrix(double[] values, int rows, int columns) {
    RealMatrix matrix = new Array2DRowRealMatrix(rows, columns);
    for (int i = 0; i < values.length; i++) {
      matrix.setEntry(i / columns, i % columns, values[i]);
    }
    return matrix;
  }
}
