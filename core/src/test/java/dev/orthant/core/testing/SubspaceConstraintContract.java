package dev.orthant.core.testing;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.ConstraintLaw;
import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.spi.SubspaceConstraint.Need;
import dev.orthant.core.spi.SubspaceConstraint.Request;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What every subspace constraint has to do. A test class of a kind of constraint extends this, says
 * which factory it is, and lists the configurations worth trying. Laws that the factory does not
 * claim are skipped; they are tried on the default configuration.
 *
 * @param <C> the constraint's configuration
 */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class SubspaceConstraintContract<C extends Record> extends ComponentContract<C> {

  private static final int D = 12;
  private static final int RANK = 4;
  private static final Site SITE = new Site("encoder.layer.0.query", 0, D, D);
  private static final List<Integer> RANKS = List.of(1, RANK, D);

  /** Rows in single precision: each element is off by up to 6e-8. */
  private static final double ORTHONORMALITY = 1e-6;

  /** The trace of rows in single precision, relative to the whole trace. */
  private static final double TRACE = 1e-6;

  /** Rotation of the span by rounding, for a spectrum with gaps. */
  private static final double SPAN = 1e-5;

  /** The factory under test. */
  @Override
  protected abstract SubspaceConstraintFactory<C> factory();

  /** The configurations to try. */
  protected Stream<C> configurations() {
    return Stream.of(factory().defaults());
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void rowsAreOrthonormal(C config) {
    assumeClaimed(ConstraintLaw.ORTHONORMAL_ROWS);
    for (int rank : RANKS) {
      INDArray rows = basis(config, rank, own(1), others(1)).rows();

      assertThat(rows.shape()).containsExactly(rank, D);
      assertThatTensor(rows.mmul(rows.transpose()).dup('c'))
          .isCloseTo(Nd4j.eye(rank).castTo(rows.dataType()), ORTHONORMALITY, 0);
    }
  }

  @Test
  final void traceIsTheSumOfTheSmallestEigenvalues() {
    assumeClaimed(ConstraintLaw.MINIMAL_TRACE);
    double[][] moment = meanSecondMoment(others(1));
    double[] eigenvalues =
        new EigenDecomposition(new Array2DRowRealMatrix(moment)).getRealEigenvalues();
    Arrays.sort(eigenvalues);
    double whole = Arrays.stream(eigenvalues).sum();
    for (int rank : RANKS) {
      INDArray rows = basis(factory().defaults(), rank, own(1), others(1)).rows();

      double optimum = Arrays.stream(eigenvalues).limit(rank).sum();
      assertThat(trace(rows.toDoubleMatrix(), moment))
          .as("trace at rank %d", rank)
          .isCloseTo(optimum, within(TRACE * whole));
    }
  }

  @Test
  final void scaleOfTheFeaturesDoesNotMatter() {
    assumeClaimed(ConstraintLaw.SCALE_INVARIANT);
    C config = factory().defaults();
    INDArray expected = projector(basis(config, RANK, own(1), others(1)).rows());
    for (double scale : new double[] {1e-4, 3, 1e4}) {
      INDArray rows = basis(config, RANK, own(scale), others(scale)).rows();

      assertThatTensor(projector(rows)).isCloseTo(expected, SPAN, 0);
    }
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void statisticsAreNotModified(C config) {
    List<FeatureStatistics> given = others(1);
    FeatureStatistics own = own(1);

    basis(config, RANK, own, given);

    assertUnchanged(own, own(1));
    List<FeatureStatistics> untouched = others(1);
    for (int i = 0; i < given.size(); i++) {
      assertUnchanged(given.get(i), untouched.get(i));
    }
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void sameSeedGivesTheSameBits(C config) {
    INDArray first = basis(config, RANK, own(1), others(1)).rows();
    INDArray second = basis(config, RANK, own(1), others(1)).rows();

    assertThatTensor(second).hasSameBitsAs(first);
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void missingStatisticsAreRefusedNamingTheModule(C config) {
    SubspaceConstraint constraint = factory().create(config);

    if (constraint.needs().contains(Need.OTHERS)) {
      assertRefused(config, own(1), List.of(), SITE.module());
    }
    if (constraint.needs().contains(Need.OWN)) {
      assertRefused(config, null, others(1), SITE.module());
    }
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void statisticsOfAnotherSizeAreRefusedNamingTheTask(C config) {
    FeatureStatistics small = RandomStatistics.of("small", D - 1, 3);
    SubspaceConstraint constraint = factory().create(config);

    if (constraint.needs().contains(Need.OTHERS)) {
      assertRefused(config, own(1), List.of(others(1).get(0), small), "small");
    }
    if (constraint.needs().contains(Need.OWN)) {
      assertRefused(config, small, others(1), "small");
    }
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void statisticsThatAreNotNumbersAreRefusedNamingTheTask(C config) {
    FeatureStatistics broken = RandomStatistics.of("broken", D, 3);
    broken.gram()[D + 1] = Double.NaN;
    SubspaceConstraint constraint = factory().create(config);

    if (constraint.needs().contains(Need.OTHERS)) {
      assertRefused(config, own(1), List.of(others(1).get(0), broken), "broken");
    }
    if (constraint.needs().contains(Need.OWN)) {
      assertRefused(config, broken, others(1), "broken");
    }
  }

  private void assertRefused(
      C config, @Nullable FeatureStatistics own, List<FeatureStatistics> others, String named) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> basis(config, RANK, own, others))
        .withMessageContaining(named);
  }

  private ConstrainedBasis basis(
      C config, int rank, @Nullable FeatureStatistics own, List<FeatureStatistics> others) {
    return factory()
        .create(config)
        .basis(
            new Request(
                SITE,
                rank,
                Optional.ofNullable(own),
                others,
                new Random(1),
                () -> RandomStatistics.orthonormalRows(D, D, 6)));
  }

  private void assumeClaimed(ConstraintLaw law) {
    assumeTrue(factory().laws().contains(law), () -> factory().name() + " does not claim " + law);
  }

  private static FeatureStatistics own(double scale) {
    return scaled(RandomStatistics.of("own", D, 20), scale);
  }

  private static List<FeatureStatistics> others(double scale) {
    return IntStream.range(0, 3)
        .mapToObj(t -> scaled(RandomStatistics.of("task" + t, D, 21 + t), scale))
        .toList();
  }

  /** The statistics of {@code scale} times the features. */
  private static FeatureStatistics scaled(FeatureStatistics of, double scale) {
    return new FeatureStatistics(
        of.task(),
        of.count(),
        Arrays.stream(of.sum()).map(v -> v * scale).toArray(),
        Arrays.stream(of.gram()).map(v -> v * scale * scale).toArray());
  }

  private static double[][] meanSecondMoment(List<FeatureStatistics> tasks) {
    double[][] mean = new double[D][D];
    for (FeatureStatistics task : tasks) {
      for (int i = 0; i < D * D; i++) {
        mean[i / D][i % D] += task.gram()[i] / task.count() / tasks.size();
      }
    }
    return mean;
  }

  private static double trace(double[][] rows, double[][] moment) {
    double trace = 0;
    for (double[] row : rows) {
      for (int i = 0; i < D; i++) {
        for (int j = 0; j < D; j++) {
          trace += row[i] * moment[i][j] * row[j];
        }
      }
    }
    return trace;
  }

  private static INDArray projector(INDArray rows) {
    return rows.transpose().mmul(rows).dup('c');
  }

  private static void assertUnchanged(FeatureStatistics actual, FeatureStatistics expected) {
    assertThat(actual.gram()).containsExactly(expected.gram());
    assertThat(actual.sum()).containsExactly(expected.sum());
  }
}
