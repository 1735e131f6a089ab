package dev.orthant.core.lowrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MatrixTest {

  /** Some hundred units of double rounding, relative to the norm; 4e-15 was seen at 384. */
  private static final double ROUNDING = 1e-13;

  /** A matrix with chosen singular values, from factors that Commons Math made orthonormal. */
  private record Known(String name, RealMatrix matrix, double[] s) {

    static Known of(String name, int rows, int columns, double... s) {
      double[] values = Arrays.copyOf(s, Math.min(rows, columns));
      Random random = new Random(rows * 1000L + columns);
      RealMatrix u = orthonormal(rows, s.length, random);
      RealMatrix v = orthonormal(columns, s.length, random);
      RealMatrix matrix =
          u.multiply(MatrixUtils.createRealDiagonalMatrix(s)).multiply(v.transpose());
      return new Known(name, matrix, values);
    }

    @Override
    public String toString() {
      return "%s %d x %d".formatted(name, matrix.getRowDimension(), matrix.getColumnDimension());
    }
  }

  private static final List<Known> KNOWN =
      List.of(
          Known.of("one element", 1, 1, 3),
          Known.of("well-conditioned", 8, 8, geometric(8, 10)),
          Known.of("well-conditioned", 24, 24, geometric(24, 10)),
          Known.of("equal values", 40, 40, geometric(40, 1)),
          Known.of("ill-conditioned", 8, 8, geometric(8, 1e10)),
          Known.of("ill-conditioned", 100, 100, geometric(100, 1e10)),
          Known.of("ill-conditioned", 384, 384, geometric(384, 1e10)),
          Known.of("rank-deficient", 8, 8, geometric(3, 2)),
          Known.of("rank-deficient", 40, 24, geometric(7, 100)),
          Known.of("rank-deficient", 384, 384, geometric(24, 10)),
          Known.of("zero", 40, 40, 0),
          Known.of("zero", 24, 100, 0),
          Known.of("tall", 384, 8, geometric(8, 10)),
          Known.of("tall", 1000, 100, geometric(100, 1e4)),
          Known.of("column", 40, 1, 5),
          Known.of("wide", 8, 384, geometric(8, 10)),
          Known.of("wide", 40, 1000, geometric(40, 1e10)),
          Known.of("huge", 24, 24, scaled(1e76, geometric(24, 10))), // the square of a float
          Known.of("tiny", 24, 24, scaled(1e-90, geometric(24, 10))));

  static Stream<Known> known() {
    return KNOWN.stream();
  }

  @ParameterizedTest
  @MethodSource("known")
  void decomposesIntoSingularValuesThatAreKnown(Known known) {
    Matrix.Svd svd = matrix(known.matrix()).svd();

    double norm = known.s()[0];
    assertThat(svd.s()).containsExactly(known.s(), within(ROUNDING * norm));
    assertThat(svd.s()).isSortedAccordingTo((x, y) -> Double.compare(y, x));
    RealMatrix u = doubles(svd.u());
    RealMatrix vt = doubles(svd.vt());
    RealMatrix product = u.multiply(MatrixUtils.createRealDiagonalMatrix(svd.s())).multiply(vt);
    assertThat(product.subtract(known.matrix()).getFrobeniusNorm())
        .isLessThanOrEqualTo(ROUNDING * known.matrix().getFrobeniusNorm());
    if (norm > 0) {
      requireOrthonormalColumns(u);
      requireOrthonormalColumns(vt.transpose());
    }
  }

  @ParameterizedTest
  @MethodSource("known")
  void decomposesIntoQAndR(Known known) {
    Matrix.Qr qr = matrix(known.matrix()).qr();

    RealMatrix q = doubles(qr.q());
    RealMatrix r = doubles(qr.r());
    assertThat(q.multiply(r).subtract(known.matrix()).getFrobeniusNorm())
        .isLessThanOrEqualTo(ROUNDING * known.matrix().getFrobeniusNorm());
    requireOrthonormalColumns(q);
    for (int i = 1; i < r.getRowDimension(); i++) {
      assertThat(Arrays.copyOf(r.getRow(i), i)).containsOnly(0);
    }
  }

  @ParameterizedTest
  @CsvSource({"8, 8", "24, 24", "40, 40", "100, 100", "384, 384", "384, 40", "24, 100"})
  void findsTheSingularValuesThatCommonsMathFinds(int rows, int columns) {
    RealMatrix random = random(rows, columns, new Random(columns));
    double[] expected = new SingularValueDecomposition(random).getSingularValues();

    double[] actual = matrix(random).svd().s();

    assertThat(actual).containsExactly(expected, within(ROUNDING * expected[0]));
  }

  @Test
  void vectorsOfAZeroValueAreZeroOnTheShorterSide() {
    Matrix.Svd svd = new Matrix(3, 2, new double[] {0, 0, 3, 0, 4, 0}).svd();

    assertThat(svd.s()).containsExactly(new double[] {5, 0}, within(ROUNDING));
    assertThat(doubles(svd.vt()).getRow(1)).containsOnly(0);
    requireOrthonormalColumns(doubles(svd.u()));
  }

  @Test
  void elementsWhoseSquaresUnderflowAreNothing() {
    Random random = new Random(3);
    double[] values = random.doubles(64, -1, 1).toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] *= Math.pow(10, -43 * (i / 8)); // rows of order 1 to 1e-301
    }

    double[] s = new Matrix(8, 8, values).svd().s();

    double first = Math.sqrt(Arrays.stream(values, 0, 8).map(v -> v * v).sum());
    assertThat(s[0]).isCloseTo(first, within(ROUNDING));
    assertThat(s).endsWith(0, 0, 0, 0);
  }

  /** The sizes are those of plain loops and, from 140 on, of the native library. */
  @ParameterizedTest
  @ValueSource(ints = {8, 24, 100, 140, 384})
  void multipliesEveryForm(int size) {
    Random random = new Random(size);
    RealMatrix a = random(size, size + 3, random);
    RealMatrix b = random(size + 3, size - 1, random);
    RealMatrix expected = a.multiply(b);

    requireClose(matrix(a).times(matrix(b)), expected);
    requireClose(matrix(a.transpose()).transposeTimes(matrix(b)), expected);
    requireClose(matrix(a).timesTranspose(matrix(b.transpose())), expected);
  }

  private static void requireClose(Matrix actual, RealMatrix expected) {
    assertThat(doubles(actual).subtract(expected).getFrobeniusNorm())
        .isLessThanOrEqualTo(ROUNDING * expected.getFrobeniusNorm());
  }

  private static void requireOrthonormalColumns(RealMatrix q) {
    int k = q.getColumnDimension();
    RealMatrix gram = q.transpose().multiply(q);
    double[][] error = gram.subtract(MatrixUtils.createRealIdentityMatrix(k)).getData();
    double largest =
        Arrays.stream(error).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElseThrow();
    assertThat(largest).isLessThanOrEqualTo(ROUNDING);
  }

  private static double[] geometric(int count, double condition) {
    double[] s = new double[count];
    Arrays.setAll(s, i -> Math.pow(condition, -i / (count - 1.0)));
    return s;
  }

  private static double[] scaled(double factor, double[] s) {
    return Arrays.stream(s).map(v -> v * factor).toArray();
  }

  private static RealMatrix orthonormal(int rows, int columns, Random random) {
    RealMatrix q = new QRDecomposition(random(rows, columns, random)).getQ();
    return q.getSubMatrix(0, rows - 1, 0, columns - 1);
  }

  private static RealMatrix random(int rows, int columns, Random random) {
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      Arrays.setAll(row, i -> random.nextGaussian());
    }
    return new Array2DRowRealMatrix(values, false);
  }

  private static Matrix matrix(RealMatrix matrix) {
    return Matrix.ofRows(matrix.getData(), matrix.getColumnDimension());
  }

  private static RealMatrix doubles(Matrix matrix) {
    return new Array2DRowRealMatrix(matrix.toRows(), false);
  }
}
