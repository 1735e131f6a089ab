package dev.orthant.osrm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Bases of second moments whose eigenvectors are known: diagonal matrices reflected a few times
 * (Householder, 1958), which is exact to rounding at any size and condition number.
 */
final class KnownSpectrumTest {

  private static final int RANK = 8;

  /** The sine of the largest principal angle, where the spectrum has a gap. */
  private static final double ANGLE = 1e-3;

  /** Of the trace, relative to the sum of the smallest eigenvalues. */
  private static final double TRACE = 1e-6;

  @ParameterizedTest
  @CsvSource({"384, 1e2", "384, 1e6", "384, 1e10", "1024, 1e6", "1024, 1e10"})
  void osrmFindsTheSmallestEigenvectors(int d, double condition) {
    double[] spectrum = withGap(d, condition);
    Reflections turned = new Reflections(d, 7);

    double[] rows = SmallestEigenvectors.of(turned.matrix(spectrum), d, RANK);

    Matrix inside = turned.toEigenbasis(rows, RANK); // [RANK, d]
    assertThat(inside.columns(RANK, d).norm()).isLessThan(ANGLE);
    double optimum = Arrays.stream(spectrum).limit(RANK).sum();
    double[] roots = Arrays.stream(spectrum).map(Math::sqrt).toArray();
    double trace = square(inside.scaledColumns(d, roots));
    assertThat(Math.abs(trace - optimum)).isLessThan(TRACE * optimum);
  }

  @ParameterizedTest
  @CsvSource({"384, 1e6", "1024, 1e10"})
  void leadingEigenvectorsAreFound(int d, double condition) {
    double[] spectrum = withGap(d, condition);
    double[] falling = new double[d];
    Arrays.setAll(falling, i -> spectrum[d - 1] / spectrum[i]); // the gap is at the upper end
    Reflections turned = new Reflections(d, 8);

    Rows rows = LeadingEigenvectors.of(turned.matrix(falling), d, RANK);

    assertThat(turned.toEigenbasis(rows.values(), RANK).columns(RANK, d).norm()).isLessThan(ANGLE);
  }

  @ParameterizedTest
  @CsvSource({"384, 1e6, 0.01", "384, 1e10, 0.01", "384, 1e10, 1e-8", "1024, 1e10, 0.01"})
  void contrastiveFindsTheLargestRatios(int d, double condition, double ridge) {
    // This task varies in 8 directions where the others' second moment is small, and a little
    // everywhere.
    double[] others = withGap(d, condition);
    double[] own = new double[d];
    Arrays.fill(own, 1e-6);
    Arrays.fill(own, 0, RANK, 1);
    Reflections turned = new Reflections(d, 9);
    OsrmContrastiveConfig defaults = OsrmContrastiveConfig.defaults();
    OsrmContrastiveConfig config =
        new OsrmContrastiveConfig(
            defaults.hold(), 1, defaults.weighting(), defaults.centred(), ridge);

    double[] rows =
        doubles(
            new OsrmContrastiveFactory()
                .create(config)
                .basis(
                    Features.request(
                        RANK,
                        statistics("own", turned.matrix(own), d),
                        List.of(statistics("other", turned.matrix(others), d)),
                        1))
                .rows()
                .data()
                .asFloat());

    assertThat(turned.toEigenbasis(rows, RANK).columns(RANK, d).norm()).isLessThan(ANGLE);
  }

  /** Ascending: 8 within a factor of two, then from ten thousand times more up to the condition. */
  private static double[] withGap(int d, double condition) {
    double[] spectrum = new double[d];
    double afterGap = Math.min(1e4, Math.sqrt(condition));
    for (int i = 0; i < d; i++) {
      spectrum[i] =
          i < RANK
              ? (1 + (double) i / RANK) / condition
              : afterGap
                  / condition
                  * Math.pow(condition / afterGap, (i - RANK) / (d - RANK - 1.0));
    }
    return spectrum;
  }

  private static FeatureStatistics statistics(String task, double[] moment, int d) {
    return new FeatureStatistics(task, 1, new double[d], moment);
  }

  private static double square(Matrix matrix) {
    return matrix.dot(matrix);
  }

  private static double[] doubles(float[] values) {
    double[] out = new double[values.length];
    Arrays.setAll(out, i -> values[i]);
    return out;
  }

  /** An orthogonal matrix Q = H_1 H_2 H_3, never formed. */
  private static final class Reflections {

    private final int d;
    private final double[][] normals = new double[3][]; // of length sqrt(2)

    Reflections(int d, long seed) {
      this.d = d;
      Random random = new Random(seed);
      for (int k = 0; k < normals.length; k++) {
        double[] v = random.doubles(d, -1, 1).toArray();
        double norm = Math.sqrt(Arrays.stream(v).map(x -> x * x).sum() / 2);
        normals[k] = Arrays.stream(v).map(x -> x / norm).toArray();
      }
    }

    /** {@code Q diag Q'}, symmetric to the bit. */
    double[] matrix(double[] spectrum) {
      double[] rows = new double[d * d]; // Q', whose rows are turned unit vectors
      for (int i = 0; i < d; i++) {
        rows[i * d + i] = 1;
      }
      reflect(rows, true);
      double[] roots = Arrays.stream(spectrum).map(Math::sqrt).toArray();
      Matrix scaled = new Matrix(d, d, rows).scaledRows(d, roots);
      Matrix product = scaled.transposeTimes(scaled);
      return product.plus(1, product.transpose()).scaled(0.5).values();
    }

    /** {@code X Q} for rows X: their coordinates along the eigenvectors. */
    Matrix toEigenbasis(double[] x, int count) {
      double[] rows = x.clone();
      reflect(rows, false);
      return new Matrix(count, d, rows);
    }

    /** Each row times the reflections, in the order of Q' or of Q. */
    private void reflect(double[] rows, boolean transposed) {
      for (int k = 0; k < normals.length; k++) {
        double[] v = normals[transposed ? normals.length - 1 - k : k];
        for (int row = 0; row < rows.length; row += d) {
          double product = 0;
          for (int i = 0; i < d; i++) {
            product += rows[row + i] * v[i];
          }
          for (int i = 0; i < d; i++) {
            rows[row + i] -= product * v[i];
          }
        }
      }
    }
  }
}
