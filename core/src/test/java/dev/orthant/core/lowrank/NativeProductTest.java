package dev.orthant.core.lowrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs with the kernels that {@code NativeBackend} chooses for the processor. */
final class NativeProductTest {

  /** Sums of at most 384 products of order one, in double. */
  private static final double ROUNDING = 1e-12;

  private final Random random = new Random(1);

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 24, 40, 100, 384})
  void nativeProductsAreRight(int size) {
    NativeProduct.Factor a = factor(size, size + 1);
    NativeProduct.Factor b = factor(size + 1, size + 2);
    double[] expected = flat(plain(a).multiply(plain(b)).getDataRef());

    double[] product = NativeProduct.of(a, b);
    double[] turned = NativeProduct.of(transposed(a), transposed(b));

    assertThat(distance(product, expected)).isLessThanOrEqualTo(ROUNDING);
    assertThat(distance(turned, expected)).isLessThanOrEqualTo(ROUNDING);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-3, -2, Double.NaN, Double.POSITIVE_INFINITY})
  void oneWrongElementIsFound(double error) {
    NativeProduct.Factor a = factor(40, 30);
    NativeProduct.Factor b = factor(30, 20);
    double[] wrong = NativeProduct.of(a, b);
    wrong[7 * 20 + 3] += error;

    assertThatThrownBy(
            () -> NativeProduct.verify(a, b, new NativeProduct.Factor(wrong, 40, 20, false)))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("row 7 is off by")
        .hasMessageContaining("OPENBLAS_CORETYPE=Haswell");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 0, 1e-300, 1e300})
  void strangeElementsAreNotTheLibrarysFault(double strange) {
    NativeProduct.Factor a = factor(40, 30);
    NativeProduct.Factor b = factor(30, 20);
    a.values()[5] = strange;
    b.values()[8] = strange;

    assertThatCode(() -> NativeProduct.of(a, b)).doesNotThrowAnyException();
  }

  private NativeProduct.Factor factor(int rows, int columns) {
    double[] values = random.doubles((long) rows * columns, -1, 1).toArray();
    return new NativeProduct.Factor(values, rows, columns, false);
  }

  /** The same factor, stored the other way. */
  private static NativeProduct.Factor transposed(NativeProduct.Factor factor) {
    Matrix turned = new Matrix(factor.rows(), factor.columns(), factor.values()).transpose();
    return new NativeProduct.Factor(flat(turned.toRows()), factor.columns(), factor.rows(), true);
  }

  private static double distance(double[] x, double[] y) {
    return new ArrayRealVector(x, false).getLInfDistance(new ArrayRealVector(y, false));
  }

  private static double[] flat(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }

  private static Array2DRowRealMatrix plain(NativeProduct.Factor factor) {
    Matrix matrix = new Matrix(factor.rows(), factor.columns(), factor.values());
    return new Array2DRowRealMatrix(matrix.toRows(), false);
  }
}
