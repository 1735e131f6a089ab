package dev.orthant.osrm;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static dev.orthant.osrm.Features.onAxes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.SubspaceConstraint.Request;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.testing.RandomStatistics;
import dev.orthant.osrm.OsrmConfig.Weighting;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class ControlsTest {

  private static final int D = 400;
  private static final int RANK = 8;

  /** 1 / sqrt(2 * 8 * 400) is one standard deviation of the measured root mean square. */
  private static final double SAMPLING = 0.05;

  private static final double ROUNDING = 1e-6;

  @Test
  void gaussiansElementsHaveStandardDeviationOneOverRank() {
    INDArray rows = gaussian(null);

    assertThat(rootMeanSquareLength(rows))
        .isCloseTo(Math.sqrt(D) / RANK, within(SAMPLING * Math.sqrt(D) / RANK));
  }

  @Test
  void gaussiansRowsHaveTheLengthAskedFor() {
    INDArray rows = gaussian(0.577);

    assertThat(rootMeanSquareLength(rows)).isCloseTo(0.577, within(SAMPLING * 0.577));
    assertThatTensor(rows).isCloseTo(gaussian(null).mul(0.577 * RANK / Math.sqrt(D)), ROUNDING, 0);
  }

  @Test
  void orthonormalRowsHaveTheLengthAskedFor() {
    OrthonormalConfig config = new OrthonormalConfig(new Hold.InitOnly(), 0.5, Weighting.PER_TASK);

    INDArray rows = new OrthonormalFactory().create(config).basis(request()).rows();

    assertThatTensor(rows.mmul(rows.transpose()).dup('c'))
        .isCloseTo(Nd4j.eye(RANK).castTo(rows.dataType()).mul(0.25), ROUNDING, 0);
  }

  @Test
  void controlsNeedStatisticsOnlyToBeHeldByThem() {
    OrthonormalConfig penalised = new OrthonormalConfig(new Hold.Penalty(1), 1, Weighting.PER_TASK);

    assertThat(new OrthonormalFactory().create(OrthonormalConfig.defaults()).needs()).isEmpty();
    assertThat(new OrthonormalFactory().create(penalised).needs()).hasSize(1);
  }

  @Test
  void meansNullSpaceIsDrawnBySeed() {
    List<FeatureStatistics> others =
        List.of(RandomStatistics.of("a", 16, 1), RandomStatistics.of("b", 16, 2));

    INDArray first = means(others, 4, 1);
    INDArray again = means(others, 4, 1);
    INDArray second = means(others, 4, 2);

    assertThatTensor(again).hasSameBitsAs(first);
    assertThat(first.distance2(second)).isGreaterThan(0.5);
    for (FeatureStatistics task : others) {
      INDArray mean = Nd4j.createFromArray(task.mean()).reshape(16, 1).castTo(first.dataType());
      assertThat(first.mmul(mean).norm2Number().doubleValue()).isLessThan(ROUNDING);
      assertThat(second.mmul(mean).norm2Number().doubleValue()).isLessThan(ROUNDING);
    }
  }

  @Test
  void meansThatAreParallelOrZeroLeaveTheirShareOfTheNullSpace() {
    List<FeatureStatistics> others =
        List.of(
            Features.of("a", new double[] {1, 1, 0, 0}),
            Features.of("b", new double[] {2, 2, 0, 0}),
            onAxes("c", 3, 1, 1, 1, 1));

    INDArray rows = means(others, 1, 1);

    assertThat(rows.getDouble(0, 0)).isCloseTo(-rows.getDouble(0, 1), within(ROUNDING));
    assertThat(rows.norm2Number().doubleValue()).isCloseTo(1, within(ROUNDING));
  }

  @Test
  void moreMeansThanTheNullSpaceHasRoomForGiveTheSmallestSingularDirections() {
    // The means lie on the axes, with lengths 3, 1 and 2; the last axis is free.
    List<FeatureStatistics> others =
        List.of(
            Features.of("a", new double[] {3, 0, 0, 0}),
            Features.of("b", new double[] {0, 1, 0, 0}),
            Features.of("c", new double[] {0, 0, 2, 0}));

    INDArray rows = means(others, 2, 1);

    assertThatTensor(rows.transpose().mmul(rows).dup('c'))
        .isCloseTo(Nd4j.diag(Nd4j.createFromArray(new float[] {0, 1, 0, 1})), ROUNDING, 0);
  }

  private static INDArray means(List<FeatureStatistics> others, int rank, long seed) {
    return new OsrmMeansFactory()
        .create(OsrmMeansConfig.defaults())
        .basis(Features.request(rank, null, others, seed))
        .rows();
  }

  private static INDArray gaussian(Double rowNorm) {
    GaussianConfig config = new GaussianConfig(new Hold.InitOnly(), rowNorm, Weighting.PER_TASK);
    return new GaussianFactory().create(config).basis(request()).rows();
  }

  private static Request request() {
    return new Request(
        new Site("layer", 0, D, 4), RANK, Optional.empty(), List.of(), new Random(7));
  }

  private static double rootMeanSquareLength(INDArray rows) {
    return rows.norm2Number().doubleValue() / Math.sqrt(rows.size(0));
  }
}
