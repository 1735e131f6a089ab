package dev.orthant.osrm;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.SubspaceConstraint.Request;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

final class OsrmConstraintTest {

  private static final double ROUNDING = 1e-6;

  @Test
  void isFoundByItsName() {
    assertThat(ServiceLoader.load(SubspaceConstraintFactory.class))
        .anySatisfy(found -> assertThat(found.name()).isEqualTo("osrm"));
  }

  @Test
  void rowsAreTheDirectionsOfTheSmallestMeanSquare() {
    // Two tasks whose features lie on the axes, with mean squares (4, 1, 9) and (0, 5, 1):
    // their mean is (2, 3, 5), so one row is the first axis and two are the first and the second.
    List<FeatureStatistics> others =
        List.of(onAxes("first", 10, 4, 1, 9), onAxes("second", 10, 0, 5, 1));

    ConstrainedBasis basis = basis(OsrmConfig.defaults(), others, 3, 2);

    assertThatTensor(basis.rows())
        .isCloseTo(Nd4j.createFromArray(new float[][] {{1, 0, 0}, {0, 1, 0}}), ROUNDING, 0);
  }

  @Test
  void tasksWeighTheSameWhateverTheirNumberOfTokens() {
    // By tokens the first task would decide, and the last axis would be chosen.
    List<FeatureStatistics> others =
        List.of(onAxes("long", 1000, 3, 2, 1), onAxes("short", 10, 1, 3, 9));

    ConstrainedBasis basis = basis(OsrmConfig.defaults(), others, 3, 1);

    assertThatTensor(basis.rows())
        .isCloseTo(Nd4j.createFromArray(new float[][] {{1, 0, 0}}), ROUNDING, 0);
  }

  @Test
  void centredIgnoresTheMean() {
    // Three vectors (2, -1), (2, 0), (2, 1): the first axis has the larger square, but no variance.
    FeatureStatistics other =
        new FeatureStatistics("other", 3, new double[] {6, 0}, new double[] {12, 0, 0, 2});

    ConstrainedBasis uncentred = basis(OsrmConfig.defaults(), List.of(other), 2, 1);
    ConstrainedBasis centred =
        basis(new OsrmConfig(new Hold.InitOnly(), true), List.of(other), 2, 1);

    assertThatTensor(uncentred.rows())
        .isCloseTo(Nd4j.createFromArray(new float[][] {{0, 1}}), ROUNDING, 0);
    assertThatTensor(centred.rows())
        .isCloseTo(Nd4j.createFromArray(new float[][] {{1, 0}}), ROUNDING, 0);
  }

  @Test
  void penaltyGetsTheMeanSecondMoment() {
    List<FeatureStatistics> others =
        List.of(onAxes("first", 10, 4, 1, 9), onAxes("second", 10, 0, 5, 1));

    ConstrainedBasis basis = basis(new OsrmConfig(new Hold.Penalty(0.5), false), others, 3, 1);

    assertThat(basis.hold()).isEqualTo(new Hold.Penalty(0.5));
    assertThatTensor(basis.penalised())
        .isCloseTo(
            Nd4j.createFromArray(new float[][] {{2, 0, 0}, {0, 3, 0}, {0, 0, 5}}), ROUNDING, 0);
  }

  @Test
  void holdIsWhatTheConfigurationSays() {
    List<FeatureStatistics> others = List.of(onAxes("other", 10, 2, 1));

    for (Hold hold : List.of(new Hold.InitOnly(), new Hold.Frozen(), new Hold.Projected())) {
      ConstrainedBasis basis = basis(new OsrmConfig(hold, false), others, 2, 1);

      assertThat(basis.hold()).isEqualTo(hold);
      assertThat(basis.penalised()).isNull();
    }
  }

  @Test
  void featuresThatAreAllZeroStillGiveOrthonormalRows() {
    ConstrainedBasis basis =
        basis(OsrmConfig.defaults(), List.of(onAxes("silent", 10, 0, 0, 0)), 3, 3);

    assertThatTensor(basis.rows().mmul(basis.rows().transpose()).dup('c'))
        .isCloseTo(Nd4j.eye(3).castTo(basis.rows().dataType()), ROUNDING, 0);
  }

  private static ConstrainedBasis basis(
      OsrmConfig config, List<FeatureStatistics> others, int d, int rank) {
    return new OsrmFactory()
        .create(config)
        .basis(
            new Request(new Site("layer", 0, d, d), rank, Optional.empty(), others, new Random(1)));
  }

  /** Uncorrelated features of these mean squares. */
  private static FeatureStatistics onAxes(String task, long count, double... meanSquares) {
    int d = meanSquares.length;
    double[] gram = new double[d * d];
    for (int i = 0; i < d; i++) {
      gram[i * d + i] = count * meanSquares[i];
    }
    return new FeatureStatistics(task, count, new double[d], gram);
  }
}
