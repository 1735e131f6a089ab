package dev.orthant.osrm;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static dev.orthant.osrm.Features.onAxes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.spi.Hold;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.testing.RandomStatistics;
import dev.orthant.osrm.OsrmConfig.Weighting;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class OsrmContrastiveTest {

  private static final double ROUNDING = 1e-6;

  @Test
  void rowsAreTheDirectionsOfTheLargestRatio() {
    // Mean squares 4, 1, 9 of this task and 2, 0.1, 8 of the others: the ratios are about 2, 10
    // and 1.1, so that the second axis comes first and the first one second.
    FeatureStatistics own = onAxes("own", 10, 4, 1, 9);
    List<FeatureStatistics> others = List.of(onAxes("other", 10, 2, 0.1, 8));

    INDArray rows = rows(config(1e-6), 2, own, others);

    assertThatTensor(rows)
        .isCloseTo(Nd4j.createFromArray(new float[][] {{0, 1, 0}, {1, 0, 0}}), ROUNDING, 0);
  }

  @Test
  void ridgeKeepsAwayFromWhatNoTaskUses() {
    // The ratios are 2 and 4. With a ridge of the mean eigenvalue 1.0001 they are 1 and 4e-4.
    FeatureStatistics own = onAxes("own", 10, 4, 0.0004);
    List<FeatureStatistics> others = List.of(onAxes("other", 10, 2, 0.0001));

    assertThatTensor(rows(config(1e-9), 1, own, others))
        .isCloseTo(Nd4j.createFromArray(new float[][] {{0, 1}}), ROUNDING, 0);
    assertThatTensor(rows(config(1), 1, own, others))
        .isCloseTo(Nd4j.createFromArray(new float[][] {{1, 0}}), ROUNDING, 0);
  }

  @Test
  void whereTheOthersAreSilentThisTasksLargestDirectionsAreTaken() {
    FeatureStatistics own = onAxes("own", 10, 1, 3, 2);

    INDArray rows = rows(config(0.01), 2, own, List.of(onAxes("silent", 10, 0, 0, 0)));

    assertThatTensor(rows)
        .isCloseTo(Nd4j.createFromArray(new float[][] {{0, 1, 0}, {0, 0, 1}}), ROUNDING, 0);
  }

  @Test
  void thisTaskPassesAndTheOthersDoNot() {
    FeatureStatistics own = RandomStatistics.of("own", 32, 1);
    List<FeatureStatistics> others =
        List.of(RandomStatistics.of("a", 32, 2), RandomStatistics.of("b", 32, 3));

    INDArray chosen = rows(config(0.01), 4, own, others);
    INDArray any = RandomStatistics.orthonormalRows(4, 32, 5);

    assertThat(selectivity(chosen, own, others)).isGreaterThan(10 * selectivity(any, own, others));
  }

  @Test
  void centredIgnoresTheMeans() {
    // This task's mean is large along the first axis, its variance along the second.
    FeatureStatistics own =
        Features.of("own", new double[] {9, -1}, new double[] {9, 0}, new double[] {9, 1});
    List<FeatureStatistics> others =
        List.of(
            Features.of("other", new double[] {1, 1}, new double[] {-1, -1}, new double[] {1, -1}));

    assertThatTensor(rows(config(1), 1, own, others).mul(1))
        .satisfies(row -> assertThat(row.getDouble(0, 0)).isCloseTo(1, within(0.1)));
    assertThatTensor(
            rows(
                new OsrmContrastiveConfig(new Hold.Frozen(), 1, Weighting.PER_TASK, true, 1),
                1,
                own,
                others))
        .satisfies(row -> assertThat(row.getDouble(0, 1)).isCloseTo(1, within(0.1)));
  }

  /** The energy of this task's features through A, relative to that of the others'. */
  private static double selectivity(
      INDArray rows, FeatureStatistics own, List<FeatureStatistics> others) {
    double passed = 0;
    for (FeatureStatistics other : others) {
      passed += energy(rows, other) / others.size();
    }
    return energy(rows, own) / passed;
  }

  private static double energy(INDArray rows, FeatureStatistics features) {
    int d = features.dimension();
    INDArray moment = Nd4j.createFromArray(features.secondMoment()).reshape('c', d, d);
    INDArray a = rows.castTo(DataType.DOUBLE);
    return a.mmul(moment).mul(a).sumNumber().doubleValue();
  }

  private static OsrmContrastiveConfig config(double ridge) {
    return new OsrmContrastiveConfig(new Hold.Frozen(), 1, Weighting.PER_TASK, false, ridge);
  }

  private static INDArray rows(
      OsrmContrastiveConfig config,
      int rank,
      FeatureStatistics own,
      List<FeatureStatistics> others) {
    return new OsrmContrastiveFactory()
        .create(config)
        .basis(Features.request(rank, own, others, 1))
        .rows();
  }
}
