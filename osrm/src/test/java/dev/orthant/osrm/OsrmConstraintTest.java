package dev.orthant.osrm;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static dev.orthant.osrm.Features.onAxes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.Hold;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.osrm.OsrmConfig.Weighting;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

final class OsrmConstraintTest {

  private static final double ROUNDING = 1e-6;

  @Test
  void rowsAreTheDirectionsOfTheSmallestMeanSquare() {
    // Two tasks whose features lie on the axes, with mean squares (4, 1, 9) and (0, 5, 1):
    // their mean is (2, 3, 5), so one row is the first axis and two are the first and the second.
    List<FeatureStatistics> others =
        List.of(onAxes("first", 10, 4, 1, 9), onAxes("second", 10, 0, 5, 1));

    ConstrainedBasis basis = basis(OsrmConfig.defaults(), others, 2);

    assertThatTensor(basis.rows())
        .isCloseTo(Nd4j.createFromArray(new float[][] {{1, 0, 0}, {0, 1, 0}}), ROUNDING, 0);
  }

  @Test
  void tasksWeighTheSameOrByTheirTokens() {
    // means (2, 2.5, 5) by task, and nearly (3, 2, 1) by token
    List<FeatureStatistics> others =
        List.of(onAxes("long", 1000, 3, 2, 1), onAxes("short", 10, 1, 3, 9));

    ConstrainedBasis byTask = basis(OsrmConfig.defaults(), others, 1);
    ConstrainedBasis byToken =
        basis(new OsrmConfig(new Hold.InitOnly(), 1, Weighting.PER_TOKEN, false), others, 1);

    assertThatTensor(byTask.rows())
        .isCloseTo(Nd4j.createFromArray(new float[][] {{1, 0, 0}}), ROUNDING, 0);
    assertThatTensor(byToken.rows())
        .isCloseTo(Nd4j.createFromArray(new float[][] {{0, 0, 1}}), ROUNDING, 0);
  }

  @Test
  void centredIgnoresTheMean() {
    // The first axis has the larger square, but no variance.
    FeatureStatistics other =
        Features.of("other", new double[] {2, -1}, new double[] {2, 0}, new double[] {2, 1});

    ConstrainedBasis uncentred = basis(OsrmConfig.defaults(), List.of(other), 1);
    ConstrainedBasis centred =
        basis(new OsrmConfig(new Hold.InitOnly(), 1, Weighting.PER_TASK, true), List.of(other), 1);

    assertThatTensor(uncentred.rows())
        .isCloseTo(Nd4j.createFromArray(new float[][] {{0, 1}}), ROUNDING, 0);
    assertThatTensor(centred.rows())
        .isCloseTo(Nd4j.createFromArray(new float[][] {{1, 0}}), ROUNDING, 0);
  }

  @Test
  void rowsHaveTheLengthAskedFor() {
    OsrmConfig config = new OsrmConfig(new Hold.InitOnly(), 0.577, Weighting.PER_TASK, false);

    ConstrainedBasis basis = basis(config, List.of(onAxes("other", 10, 1, 2, 3)), 2);

    assertThatTensor(basis.rows())
        .isCloseTo(
            Nd4j.createFromArray(new float[][] {{0.577f, 0, 0}, {0, 0.577f, 0}}), ROUNDING, 0);
  }

  @Test
  void penaltyGetsTheMeanSecondMoment() {
    List<FeatureStatistics> others =
        List.of(onAxes("first", 10, 4, 1, 9), onAxes("second", 10, 0, 5, 1));

    ConstrainedBasis basis = basis(held(new Hold.Penalty(0.5)), others, 1);

    assertThat(basis.hold()).isEqualTo(new Hold.Penalty(0.5));
    assertThatTensor(basis.penalised())
        .isCloseTo(
            Nd4j.createFromArray(new float[][] {{2, 0, 0}, {0, 3, 0}, {0, 0, 5}}), ROUNDING, 0);
  }

  @Test
  void projectionAvoidsTheFewestDirectionsThatHoldTheEnergy() {
    // of the energy 10, the largest direction holds 0.5 and the largest two 0.8
    List<FeatureStatistics> others = List.of(onAxes("other", 10, 0.5, 5, 1.5, 3));

    assertThatTensor(basis(held(new Hold.Projected(0.5)), others, 1).avoided())
        .isCloseTo(Nd4j.createFromArray(new float[][] {{0, 1, 0, 0}}), ROUNDING, 0);
    assertThatTensor(basis(held(new Hold.Projected(0.51)), others, 1).avoided())
        .isCloseTo(Nd4j.createFromArray(new float[][] {{0, 1, 0, 0}, {0, 0, 0, 1}}), ROUNDING, 0);
  }

  @Test
  void projectionLeavesAsManyDirectionsAsTheBasisHasRows() {
    List<FeatureStatistics> others = List.of(onAxes("other", 10, 0.5, 5, 1.5, 3));

    ConstrainedBasis basis = basis(held(new Hold.Projected(1)), others, 3);

    assertThatTensor(basis.avoided())
        .isCloseTo(Nd4j.createFromArray(new float[][] {{0, 1, 0, 0}}), ROUNDING, 0);
  }

  @Test
  void holdIsWhatTheConfigurationSays() {
    List<FeatureStatistics> others = List.of(onAxes("other", 10, 2, 1));

    for (Hold hold : List.of(new Hold.InitOnly(), new Hold.Frozen())) {
      ConstrainedBasis basis = basis(held(hold), others, 1);

      assertThat(basis.hold()).isEqualTo(hold);
      assertThat(basis.penalised()).isNull();
      assertThat(basis.avoided()).isNull();
    }
  }

  @Test
  void featuresThatAreAllZeroStillGiveOrthonormalRows() {
    ConstrainedBasis basis =
        basis(OsrmConfig.defaults(), List.of(onAxes("silent", 10, 0, 0, 0)), 3);

    assertThatTensor(basis.rows().mmul(basis.rows().transpose()).dup('c'))
        .isCloseTo(Nd4j.eye(3).castTo(basis.rows().dataType()), ROUNDING, 0);
  }

  @Test
  void fewerNullDirectionsThanRowsAreAllTaken() {
    // the first and the third axis are silent, of the others the last is the smallest
    List<FeatureStatistics> others = List.of(onAxes("other", 10, 0, 3, 0, 2, 1));

    ConstrainedBasis basis = basis(OsrmConfig.defaults(), others, 3);

    assertThatTensor(basis.rows().transpose().mmul(basis.rows()).dup('c'))
        .isCloseTo(Nd4j.diag(Nd4j.createFromArray(new float[] {1, 0, 1, 0, 1})), ROUNDING, 0);
  }

  @Test
  void statisticsOfOneTaskTwiceAreRefused() {
    FeatureStatistics other = onAxes("other", 10, 1, 2);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> basis(OsrmConfig.defaults(), List.of(other, other), 1))
        .withMessage(
            "statistics of task 'other' are there twice at module 'layer', expected those of other"
                + " tasks");
  }

  @Test
  void statisticsOfTheTaskItselfAmongTheOthersAreRefused() {
    FeatureStatistics own = onAxes("own", 10, 1, 2);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new OsrmFactory()
                    .create(OsrmConfig.defaults())
                    .basis(Features.request(1, own, List.of(own), 1)))
        .withMessageContaining("task 'own'");
  }

  private static OsrmConfig held(Hold hold) {
    return new OsrmConfig(hold, 1, Weighting.PER_TASK, false);
  }

  private static ConstrainedBasis basis(
      OsrmConfig config, List<FeatureStatistics> others, int rank) {
    return new OsrmFactory().create(config).basis(Features.request(rank, null, others, 1));
  }
}
