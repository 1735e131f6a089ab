package dev.orthant.osrm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compared with Commons Math: the eigenvalues of {@code M^-1/2 S M^-1/2} by its square root. */
final class GeneralisedEigenvectorsTest {

  /** Double precision with a factor of the dimension and of M's condition number. */
  private static final double ROUNDING = 1e-9;

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "7, 3", "64, 5", "201, 8"})
  void vectorsSolveTheirEquationForTheLargestEigenvalues(int d, int count) {
    RealMatrix s = positive(d, 1, 0);
    RealMatrix m = positive(d, 2, 1e-3);

    RealMatrix v =
        matrix(GeneralisedEigenvectors.leading(flat(s), flat(m), d, count).values(), count, d);

    RealMatrix root = new EigenDecomposition(m).getSquareRoot();
    RealMatrix inverse = new EigenDecomposition(root).getSolver().getInverse();
    double[] expected =
        new EigenDecomposition(inverse.multiply(s).multiply(inverse)).getRealEigenvalues();
    RealMatrix values = v.multiply(s).multiply(v.transpose());
    RealMatrix metric = v.multiply(m).multiply(v.transpose());
    double scale = expected[0];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        assertThat(values.getEntry(i, j))
            .isCloseTo(i == j ? expected[i] : 0, within(ROUNDING * scale));
        assertThat(metric.getEntry(i, j)).isCloseTo(i == j ? 1 : 0, within(ROUNDING));
      }
    }
  }

  @Test
  void matrixThatIsNotPositiveDefiniteIsRefused() {
    double[] identity = {1, 0, 0, 1};
    double[] singular = {1, 1, 1, 1};

    assertThatThrownBy(() -> GeneralisedEigenvectors.leading(identity, singular, 2, 1))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("not positive definite: pivot 1 is");
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "40, 3", "200, 12"})
  void leadingEigenvectorsOfOneMatrixEqualCommonsMaths(int d, int count) {
    RealMatrix s = positive(d, 3, 0);

    RealMatrix v = matrix(LeadingEigenvectors.of(flat(s), d, count).values(), count, d);

    double[] expected = new EigenDecomposition(s).getRealEigenvalues();
    RealMatrix values = v.multiply(s).multiply(v.transpose());
    for (int i = 0; i < count; i++) {
      assertThat(values.getEntry(i, i)).isCloseTo(expected[i], within(ROUNDING * expected[0]));
    }
  }

  /** A random positive semidefinite matrix with a spectrum over four orders of magnitude. */
  private static RealMatrix positive(int d, long seed, double added) {
    Random random = new Random(seed);
    RealMatrix mixing = new Array2DRowRealMatrix(d, d);
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        mixing.setEntry(i, j, random.nextGaussian() * Math.pow(10, -2.0 * j / d));
      }
    }
    RealMatrix product = mixing.multiply(mixing.transpose());
    RealMatrix symmetric = new Array2DRowRealMatrix(d, d);
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        double value = product.getEntry(i, j) + (i == j ? added * d : 0);
        symmetric.setEntry(i, j, value);
        symmetric.setEntry(j, i, value);
      }
    }
    return symmetric;
  }

  private static double[] flat(RealMatrix matrix) {
    int d = matrix.getColumnDimension();
    double[] values = new double[matrix.getRowDimension() * d];
    for (int i = 0; i < values.length; i++) {
      values[i] = matrix.getEntry(i / d, i % d);
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
