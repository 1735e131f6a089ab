package dev.orthant.osrm;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static dev.orthant.osrm.Features.onAxes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.testing.Golden;
import dev.orthant.core.testing.RandomStatistics;
import dev.orthant.osrm.OsrmConfig.Weighting;
import dev.orthant.osrm.OsrmRetrofitConfig.Basis;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class RetrofitTest {

  private static final double ROUNDING = 1e-6;

  @Test
  void projectionEqualsTheReferencesFormula() {
    Golden golden = Golden.load(RetrofitTest.class, "/reference/osrm/post_b.json");
    INDArray a = golden.tensor("inputs", "A"); // [2, 8]
    Delta delta = new DenseDelta(golden.tensor("inputs", "dW")); // [4, 8]

    LoraDelta result =
        (LoraDelta)
            OsrmRetrofitFactory.projected(delta, new Rows(a.dup('c').data().asDouble(), 8)).delta();

    assertThatTensor(result.b()).isCloseTo(golden.tensor("outputs", "B_fp32_formula"), ROUNDING, 0);
    assertThatTensor(result.a()).isCloseTo(a, 0, 0);
    assertThat(result.scaling()).isEqualTo(1);
  }

  @Test
  void retrofitKeepsWhatLiesInTheQuietDirections() {
    // The others are quiet along the first two of three axes. Of the row (2, 1, 2), of norm 3, the
    // last element is lost: 2/3 of it.
    DeltaTransform transform = retrofit(2, Basis.SECOND_MOMENT);
    Delta delta = dense(new float[][] {{2, 1, 2}});

    DeltaTransform.Result result = apply(transform, delta, onAxes("other", 10, 1, 2, 9));

    assertThatTensor(result.delta().dense())
        .isCloseTo(Nd4j.createFromArray(new float[][] {{2, 1, 0}}), ROUNDING, 0);
    assertThat(result.relativeError()).isCloseTo(2.0 / 3, within(ROUNDING));
  }

  @Test
  void scalingOfAnAdapterCountsOnce() {
    LoraDelta lora =
        new LoraDelta(
            Nd4j.createFromArray(new float[][] {{1}, {3}}),
            Nd4j.createFromArray(new float[][] {{2, 1, 2}}),
            2);

    Delta projected =
        apply(retrofit(2, Basis.SECOND_MOMENT), lora, onAxes("other", 10, 1, 2, 9)).delta();
    Delta left = apply(projectOut(0.5, null), lora, onAxes("other", 10, 1, 2, 9)).delta();

    INDArray expected = Nd4j.createFromArray(new float[][] {{4, 2, 0}, {12, 6, 0}});
    assertThatTensor(projected.dense()).isCloseTo(expected, ROUNDING, 0);
    assertThatTensor(left.dense()).isCloseTo(expected, ROUNDING, 0);
    assertThat(((LoraDelta) left).rank()).isEqualTo(1);
  }

  @Test
  void meansDecideWhereTheyAreAsked() {
    FeatureStatistics other = Features.of("other", new double[] {0, 2, 0}, new double[] {0, 4, 0});
    Delta delta = dense(new float[][] {{1, 5, 2}});

    DeltaTransform.Result result = apply(retrofit(2, Basis.MEANS), delta, other);

    assertThatTensor(result.delta().dense())
        .isCloseTo(Nd4j.createFromArray(new float[][] {{1, 0, 2}}), ROUNDING, 0);
  }

  @Test
  void projectingOutLeavesTheOthersUntouchedAndLosesLess() {
    // leading directions: the third axis holds 9 of 12, the third and the second 11 of 12
    FeatureStatistics other = onAxes("other", 10, 1, 2, 9);
    Delta delta = dense(new float[][] {{2, 1, 2}, {0, 0, 1}});

    DeltaTransform.Result one = apply(projectOut(0.7, null), delta, other);
    DeltaTransform.Result two = apply(projectOut(0.8, null), delta, other);

    assertThatTensor(one.delta().dense())
        .isCloseTo(Nd4j.createFromArray(new float[][] {{2, 1, 0}, {0, 0, 0}}), ROUNDING, 0);
    assertThat(one.relativeError()).isCloseTo(Math.sqrt(0.5), within(ROUNDING)); // 5 of 10
    assertThatTensor(two.delta().dense())
        .isCloseTo(Nd4j.createFromArray(new float[][] {{2, 0, 0}, {0, 0, 0}}), ROUNDING, 0);
  }

  @Test
  void rankIsReachedByTheBestApproximationAndItsLossCounts() {
    FeatureStatistics other = onAxes("other", 10, 0, 0, 0, 4);
    Delta delta = dense(new float[][] {{3, 0, 0, 1}, {0, 2, 0, 0}, {0, 0, 1, 0}});

    DeltaTransform.Result result = apply(projectOut(0.9, 2), delta, other);

    // squares: 15 in all, of which 1 is projected out and 1 is beyond rank 2
    assertThat(((LoraDelta) result.delta()).rank()).isEqualTo(2);
    assertThat(result.relativeError()).isCloseTo(Math.sqrt(2.0 / 15), within(ROUNDING));
  }

  @Test
  void interferenceFallsByWhatWasProjectedOut() {
    FeatureStatistics other = RandomStatistics.of("other", 24, 3);
    Delta delta = new DenseDelta(RandomStatistics.orthonormalRows(8, 24, 4));

    Delta left = apply(projectOut(0.95, null), delta, other).delta();

    assertThat(LowRank.energy(left, other.gram()))
        .isLessThan(0.1 * LowRank.energy(delta, other.gram()));
  }

  @Test
  void adaptersWithoutStatisticsAreRefusedAndOtherTensorsLeftAlone() {
    DeltaTransform transform = projectOut(0.9, null);
    Delta dense = dense(new float[][] {{1, 2}});
    LoraDelta lora =
        new LoraDelta(Nd4j.ones(1, 1).castTo(dense.dense().dataType()), dense.dense(), 1);

    assertThat(transform.transform("x", dense, Optional.empty(), List.of()).delta())
        .isSameAs(dense);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> transform.transform("x.weight", lora, Optional.empty(), List.of()))
        .withMessage(
            "project-out needs the statistics of at least one other task at module 'x.weight',"
                + " there are none");
  }

  private static DeltaTransform.Result apply(
      DeltaTransform transform, Delta delta, FeatureStatistics other) {
    return transform.transform("layer.weight", delta, Optional.empty(), List.of(other));
  }

  private static DeltaTransform retrofit(int rank, Basis basis) {
    return new OsrmRetrofitFactory()
        .create(new OsrmRetrofitConfig(rank, basis, Weighting.PER_TASK, 42));
  }

  private static DeltaTransform projectOut(double energy, Integer rank) {
    return new ProjectOutFactory().create(new ProjectOutConfig(energy, rank, Weighting.PER_TASK));
  }

  private static DenseDelta dense(float[][] values) {
    return new DenseDelta(Nd4j.createFromArray(values));
  }
}
