package dev.orthant.osrm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Matrices whose eigenvalues and eigenvectors are known, because they were made from them. */
final class InverseKrylovTest {

  private static final int D = 400;
  private static final int COUNT = 8;

  /** Making the matrix rounds by 1e-16 of its largest eigenvalue, 1e10 times the smallest. */
  private static final double TRACE = 1e-6;

  /** The sine of the largest angle; neighbouring eigenvalues differ by some percent. */
  private static final double ANGLE = 1e-4;

  private static final double ORTHONORMAL = 1e-13;

  private final Random random = new Random(4);

  @ParameterizedTest
  @ValueSource(doubles = {1, 3, 6, 10})
  void spectrumOfManyOrdersOfMagnitude(double orders) {
    double[] eigenvalues = new double[D];
    Arrays.setAll(eigenvalues, i -> Math.pow(10, -orders * (D - 1 - i) / (D - 1)));
    Known known = new Known(eigenvalues);

    double[] rows = InverseKrylov.smallest(known.matrix, D, COUNT).orElseThrow();

    double optimum = Arrays.stream(eigenvalues).limit(COUNT).sum();
    assertThat(known.trace(rows)).isCloseTo(optimum, within(TRACE * optimum));
    assertThat(known.sineTo(rows)).isLessThan(ANGLE);
    assertOrthonormal(rows);
  }

  @Test
  void matrixWithoutFullRank() {
    double[] eigenvalues = new double[D];
    Arrays.fill(eigenvalues, D / 2, D, 1);
    Known known = new Known(eigenvalues);

    double[] rows = InverseKrylov.smallest(known.matrix, D, COUNT).orElseThrow();

    assertThat(known.trace(rows)).isCloseTo(0, within(1e-12));
    assertOrthonormal(rows);
  }

  @Test
  void allEigenvaluesEqual() {
    double[] eigenvalues = new double[D];
    Arrays.fill(eigenvalues, 3);

    double[] rows = InverseKrylov.smallest(new Known(eigenvalues).matrix, D, COUNT).orElseThrow();

    assertOrthonormal(rows);
  }

  @Test
  void severalEigenvectorsOfTheSmallestEigenvalue() {
    double[] eigenvalues = new double[D];
    Arrays.setAll(eigenvalues, i -> i < 5 ? 1 : i + 1);
    Known known = new Known(eigenvalues);

    double[] rows = InverseKrylov.smallest(known.matrix, D, COUNT).orElseThrow();

    assertThat(known.trace(rows)).isCloseTo(5 + 6 + 7 + 8, within(1e-9));
    assertThat(known.sineTo(rows)).isLessThan(ANGLE);
  }

  @Test
  void matrixThatIsNotPositiveSemidefiniteIsLeftToOthers() {
    double[] eigenvalues = new double[D];
    Arrays.setAll(eigenvalues, i -> i - 3);

    assertThat(InverseKrylov.smallest(new Known(eigenvalues).matrix, D, COUNT)).isEmpty();
  }

  @Test
  void largeMatricesAreSearchedAndFewVectorsOnly() {
    assertThat(InverseKrylov.suits(1024, 8)).isTrue();
    assertThat(InverseKrylov.suits(1023, 8)).isFalse();
    assertThat(InverseKrylov.suits(1024, 512)).isFalse();
  }

  private static void assertOrthonormal(double[] rows) {
    for (int i = 0; i < COUNT; i++) {
      for (int j = 0; j <= i; j++) {
        double product = 0;
        for (int k = 0; k < D; k++) {
          product += rows[i * D + k] * rows[j * D + k];
        }
        assertThat(product).isCloseTo(i == j ? 1 : 0, within(ORTHONORMAL));
      }
    }
  }

  /** The matrix with these eigenvalues, the first being those of the eigenvectors known. */
  private final class Known {

    private final double[] matrix = new double[D * D];
    private final double[][] eigenvectors = new double[COUNT][D];

    Known(double[] eigenvalues) {
      for (int i = 0; i < D; i++) {
        matrix[i * D + i] = eigenvalues[i];
      }
      for (int i = 0; i < COUNT; i++) {
        eigenvectors[i][i] = 1;
      }
      for (int i = 0; i < 3; i++) {
        reflect();
      }
    }

    /** S becomes H S H, v becomes H v, with H = I - 2 u u' for a random direction u. */
    private void reflect() {
      double[] u = random.doubles(D, -1, 1).toArray();
      double norm = Math.sqrt(dot(u, u));
      Arrays.setAll(u, i -> u[i] / norm);
      double[] image = new double[D];
      Arrays.setAll(image, i -> dot(Arrays.copyOfRange(matrix, i * D, (i + 1) * D), u));
      double inside = dot(u, image);
      for (int i = 0; i < D; i++) {
        for (int j = 0; j <= i; j++) {
          matrix[i * D + j] += 4 * inside * u[i] * u[j] - 2 * (u[i] * image[j] + image[i] * u[j]);
          matrix[j * D + i] = matrix[i * D + j];
        }
      }
      for (double[] vector : eigenvectors) {
        double product = dot(vector, u);
        Arrays.setAll(vector, i -> vector[i] - 2 * product * u[i]);
      }
    }

    double trace(double[] rows) {
      double trace = 0;
      for (int i = 0; i < COUNT; i++) {
        for (int k = 0; k < D; k++) {
          double image = 0;
          for (int j = 0; j < D; j++) {
            image += matrix[k * D + j] * rows[i * D + j];
          }
          trace += image * rows[i * D + k];
        }
      }
      return trace;
    }

    /** The norm of what the eigenvectors leave of the rows. */
    double sineTo(double[] rows) {
      double squares = 0;
      for (int i = 0; i < COUNT; i++) {
        double[] rest = Arrays.copyOfRange(rows, i * D, (i + 1) * D);
        for (double[] vector : eigenvectors) {
          double share = dot(rest, vector);
          Arrays.setAll(rest, k -> rest[k] - share * vector[k]);
        }
        squares += dot(rest, rest);
      }
      return Math.sqrt(squares);
    }

    private double dot(double[] a, double[] b) {
      double sum = 0;
      for (int i = 0; i < D; i++) {
        sum += a[i] * b[i];
      }
      return sum;
    }
  }
}
