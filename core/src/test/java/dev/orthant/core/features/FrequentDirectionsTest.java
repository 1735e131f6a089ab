package dev.orthant.core.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.features.StatisticsSource.Unit;
import dev.orthant.core.stats.FeatureStatistics;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The published bounds, with eigenvalues by Commons Math. */
final class FrequentDirectionsTest {

  private static final int D = 40;
  private static final int ROWS = 500;
  private static final StatisticsSource SOURCE =
      new StatisticsSource("fingerprint", "tokenizer", Unit.TOKENS);

  /** Relative to the largest eigenvalue: the singular values come from squares. */
  private static final double ROUNDING = 1e-9;

  @TempDir Path folder = Path.of("");

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 10, 25, 39})
  void nothingIsMissingBeyondTheBounds(int size) {
    RealMatrix x = rows(1);
    FrequentDirections sketch = new FrequentDirections(size, D);

    sketch.add(flat(x));

    RealMatrix b = matrix(sketch.rows());
    double[] values = eigenvalues(gram(x)); // descending
    double[] missing = eigenvalues(gram(x).subtract(gram(b)));
    double rounding = ROUNDING * values[0];
    assertThat(b.getRowDimension()).isLessThanOrEqualTo(size);
    assertThat(missing[D - 1]).isGreaterThan(-rounding);
    assertThat(missing[0]).isLessThan(sketch.lost() + rounding);
    for (int k = 0; k <= size; k++) {
      double tail = Arrays.stream(values).skip(k).sum();
      assertThat(sketch.lost()).isLessThan(tail / (size + 1 - k) + rounding);
    }
  }

  @Test
  void rowsOfLowRankAreKeptWhole() {
    RealMatrix x = rows(2).getSubMatrix(0, 5, 0, D - 1);
    FrequentDirections sketch = new FrequentDirections(6, D);

    for (int copy = 0; copy < 7; copy++) {
      sketch.add(flat(x));
    }

    RealMatrix expected = gram(x).scalarMultiply(7);
    RealMatrix difference = expected.subtract(gram(matrix(sketch.rows())));
    assertThat(difference.getNorm()).isLessThan(ROUNDING * expected.getNorm());
    assertThat(sketch.lost()).isLessThan(ROUNDING * expected.getNorm());
  }

  @Test
  void sketchesOfShardsAddUpWithinTheirBound() {
    RealMatrix x = rows(3);
    TaskStatistics first = collected(x.getSubMatrix(0, 199, 0, D - 1), 12);
    TaskStatistics second = collected(x.getSubMatrix(200, ROWS - 1, 0, D - 1), 12);

    FeatureStatistics both = first.plus(second).modules().get("wide");

    double[] missing = eigenvalues(gram(x).subtract(square(both.gram())));
    double[] values = eigenvalues(gram(x));
    assertThat(both.count()).isEqualTo(ROWS);
    assertThat(both.sketch().orElseThrow()).hasSizeLessThanOrEqualTo(12 * D);
    assertThat(missing[D - 1]).isGreaterThan(-1e-6 * values[0]); // features in single precision
    assertThat(missing[0]).isLessThan(both.lost() + 1e-6 * values[0]);
    assertThat(both.lost()).isLessThan(Arrays.stream(values).sum() / 13);
  }

  @Test
  void fileKeepsTheSketch() {
    TaskStatistics written = collected(rows(4), 8);
    Path file = folder.resolve("sketch.safetensors");

    StatisticsFile.write(file, written);
    FeatureStatistics read = StatisticsFile.read(file).modules().get("wide");

    FeatureStatistics expected = written.modules().get("wide");
    assertThat(read.sketch().orElseThrow()).containsExactly(expected.sketch().orElseThrow());
    assertThat(read.lost()).isEqualTo(expected.lost()).isPositive();
    assertThat(read.gram()).containsExactly(expected.gram());
    assertThat(read.sum()).containsExactly(expected.sum());
  }

  @Test
  void sketchAndWholeMatrixDoNotAddUp() {
    FeatureStatistics sketched = collected(rows(5), 8).modules().get("wide");
    FeatureStatistics whole = new FeatureStatistics("task", 1, new double[D], new double[D * D]);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> sketched.plus(whole))
        .withMessage("a sketch and a whole Gram matrix do not add up");
  }

  @Test
  void sumsAreExact() {
    RealMatrix x = rows(6);

    FeatureStatistics statistics = collected(x, 3).modules().get("wide");

    for (int j = 0; j < D; j++) {
      double sum = Arrays.stream(x.getColumn(j)).sum();
      assertThat(statistics.sum()[j]).isCloseTo(sum, within(1e-4)); // features in single precision
    }
  }

  private static TaskStatistics collected(RealMatrix x, int size) {
    SketchCollector collector = new SketchCollector("task", SOURCE, List.of("wide"), size);
    for (int at = 0; at < x.getRowDimension(); at += 100) {
      int end = Math.min(at + 99, x.getRowDimension() - 1);
      double[][] batch = x.getSubMatrix(at, end, 0, D - 1).getData();
      collector.input("wide", Nd4j.create(batch).castTo(DataType.FLOAT));
      collector.input("other", Nd4j.ones(1, 3));
    }
    assertThat(collector.statistics().modules()).isInstanceOf(Map.class).containsOnlyKeys("wide");
    return collector.statistics();
  }

  /** Rows whose directions differ in size by four orders of magnitude. */
  private static RealMatrix rows(long seed) {
    Random random = new Random(seed);
    RealMatrix x = new Array2DRowRealMatrix(ROWS, D);
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < D; j++) {
        x.setEntry(i, j, random.nextGaussian() * Math.pow(10, -4.0 * j / D));
      }
    }
    RealMatrix mixing = new Array2DRowRealMatrix(D, D);
    for (int i = 0; i < D * D; i++) {
      mixing.setEntry(i / D, i % D, random.nextGaussian());
    }
    return x.multiply(mixing);
  }

  private static RealMatrix gram(RealMatrix x) {
    return x.transpose().multiply(x);
  }

  private static double[] eigenvalues(RealMatrix symmetric) {
    RealMatrix exactly = symmetric.add(symmetric.transpose()).scalarMultiply(0.5);
    double[] values = new EigenDecomposition(exactly).getRealEigenvalues();
    Arrays.sort(values);
    for (int i = 0; i < D / 2; i++) {
      double other = values[i];
      values[i] = values[D - 1 - i];
      values[D - 1 - i] = other;
    }
    return values;
  }

  private static double[] flat(RealMatrix x) {
    return Arrays.stream(x.getData()).flatMapToDouble(Arrays::stream).toArray();
  }

  private static RealMatrix square(double[] gram) {
    return matrix(gram);
  }

  private static RealMatrix matrix(double[] values) {
    RealMatrix matrix = new Array2DRowRealMatrix(values.length / D, D);
    for (int i = 0; i < values.length; i++) {
      matrix.setEntry(i / D, i % D, values[i]);
    }
    return matrix;
  }
}
