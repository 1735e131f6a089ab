package dev.orthant.core.lowrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CholeskyTest {

  /**
   * Condition numbers here are below 1e4, so both solutions agree to 1e-16 * 1e4 and some units.
   */
  private static final double ROUNDING = 1e-10;

  /** One block, the block's size and its neighbours, several blocks. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 64, 65, 200})
  void solvesAsCommonsMathDoes(int n) {
    Random random = new Random(n);
    RealMatrix x = random(2 * n + 3, n, random);
    RealMatrix gram = x.transpose().multiply(x);
    RealMatrix right = random(n, 5, random);

    Matrix solution = matrix(gram).solvePositive(matrix(right));

    RealMatrix expected = new CholeskyDecomposition(gram, 1e-9, 0).getSolver().solve(right);
    assertThat(solution.values())
        .containsExactly(matrix(expected).values(), within(ROUNDING * expected.getFrobeniusNorm()));
  }

  @Test
  void refusesWhatIsNotPositiveDefinite() {
    Matrix singular = new Matrix(2, 2, new double[] {1, 1, 1, 1});

    assertThatThrownBy(() -> singular.solvePositive(Matrix.identity(2)))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("is not positive definite: pivot 1 is 0");
  }

  private static RealMatrix random(int rows, int columns, Random random) {
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      for (int j = 0; j < columns; j++) {
        row[j] = random.nextGaussian();
      }
    }
    return new Array2DRowRealMatrix(values);
  }

  private static Matrix matrix(RealMatrix matrix) {
    return Matrix.ofRows(matrix.getData(), matrix.getColumnDimension());
  }
}
