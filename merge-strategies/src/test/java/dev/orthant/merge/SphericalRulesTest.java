package dev.orthant.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static dev.orthant.merge.GoldenRun.SINGLE;
import static dev.orthant.merge.Trial.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.merge.NuslerpConfig.Vectors;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Slerp and its relatives, whose coefficients come from inner products. */
final class SphericalRulesTest {

  /** References compute angles in single precision, which arc cosines of nearly 1 amplify. */
  private static final double ANGLES = 3e-6;

  private static final float HALF = (float) Math.sqrt(0.5);

  @Test
  void slerpEqualsMergekits() {
    GoldenRun run = new GoldenRun("slerp/mergekit_slerp.json");

    assertModel(run, run.checkpoints(new SlerpFactory(), new SlerpConfig(0.3), false, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"fusionbench_slerp", "fusionbench_slerp_colinear"})
  void slerpEqualsFusionBenchs(String file) {
    GoldenRun run = new GoldenRun("slerp/" + file + ".json");

    INDArray merged =
        Trial.merge(
            new SlerpFactory(),
            new SlerpConfig(0.3),
            run.golden.tensor("inputs", "v0"),
            run.golden.tensor("inputs", "v1"));

    assertThatTensor(merged).isCloseTo(run.expected("out"), ANGLES, ANGLES);
  }

  @ParameterizedTest
  @CsvSource({"mergekit_nuslerp, TENSOR", "nuslerp_rows, ROW", "nuslerp_columns, COLUMN"})
  void nuslerpEqualsItsReference(String file, Vectors vectors) {
    GoldenRun run = new GoldenRun("nuslerp/" + file + ".json");

    assertModel(run, run.checkpoints(new NuslerpFactory(), new NuslerpConfig(vectors), false, 2));
  }

  @Test
  void multislerpEqualsMergekits() {
    GoldenRun run = new GoldenRun("multislerp/mergekit_multislerp.json");

    assertModel(run, run.checkpoints(new MultislerpFactory(), MultislerpConfig.defaults(), false));
  }

  @Test
  void karcherEqualsMergekits() {
    GoldenRun run = new GoldenRun("karcher/mergekit_karcher.json");

    assertModel(run, run.checkpoints(new KarcherFactory(), KarcherConfig.defaults(), false));
  }

  @Test
  void modelStockEqualsMergekits() {
    GoldenRun run = new GoldenRun("model-stock/mergekit_model_stock.json");

    assertModel(run, run.checkpoints(new ModelStockFactory(), ModelStockConfig.defaults(), true));
  }

  @Test
  void modelStockWithAnAngleARowEqualsItsReference() {
    GoldenRun run = new GoldenRun("model-stock/model_stock_rows.json");

    assertModel(
        run,
        run.checkpoints(
            new ModelStockFactory(),
            new ModelStockConfig(true, ModelStockConfig.Angle.MEAN_COSINE),
            true));
  }

  /** From [2, 0] to [0, 2], a right angle: at a half, both times sin(45) / sin(90). */
  @Test
  void handExampleOfSlerp() {
    float[] merged =
        Trial.merge(new SlerpFactory(), new SlerpConfig(0.5), vector(2, 0), vector(0, 2));

    assertThat(merged).containsExactly(new float[] {2 * HALF, 2 * HALF}, within(1e-6f));
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 2", "1, -3, 0.5"})
  void slerpBeginsAtTheFirstAndEndsAtTheSecond(double t, float first, float second) {
    float[] merged =
        Trial.merge(new SlerpFactory(), new SlerpConfig(t), vector(1, 2), vector(-3, 0.5f));

    assertThat(merged).containsExactly(new float[] {first, second}, within(1e-6f));
  }

  /** No great circle is defined: 0.75 times one plus 0.25 times the other. */
  @ParameterizedTest
  @CsvSource({"-4, -8, -0.25, -0.5", "2, 4, 1.25, 2.5", "0, 0, 0.75, 1.5"})
  void parallelOppositeAndZeroVectorsAreInterpolatedLinearly(
      float x, float y, float first, float second) {
    for (float[] merged :
        List.of(
            Trial.merge(new SlerpFactory(), new SlerpConfig(0.25), vector(1, 2), vector(x, y)),
            Trial.merge(
                new NuslerpFactory(),
                NuslerpConfig.defaults(),
                new double[] {3, 1},
                vector(1, 2),
                vector(x, y)))) {
      assertThat(merged).containsExactly(first, second);
    }
  }

  /** Rows [1, 0] and [0, 1] are at right angles, rows [1, 1] and [3, 3] parallel. */
  @Test
  void nuslerpTakesEachRowOrColumnByItself() {
    INDArray x = Nd4j.createFromArray(new float[][] {{1, 0}, {1, 1}});
    INDArray y = Nd4j.createFromArray(new float[][] {{0, 1}, {3, 3}});

    INDArray rows = Trial.merge(new NuslerpFactory(), new NuslerpConfig(Vectors.ROW), x, y);
    INDArray columns =
        Trial.merge(
            new NuslerpFactory(),
            new NuslerpConfig(Vectors.COLUMN),
            x.transpose().dup('c'),
            y.transpose().dup('c'));

    INDArray expected = Nd4j.createFromArray(new float[][] {{HALF, HALF}, {2, 2}});
    assertThatTensor(rows).isCloseTo(expected, SINGLE, 0);
    assertThatTensor(columns).isCloseTo(expected.transpose(), SINGLE, 0);
  }

  /** Unit vectors [1, 0] and [0, 1]; mean direction at 45 degrees; mean norm (2 + 4) / 2. */
  @Test
  void handExampleOfMultislerpAndKarcher() {
    for (float[] merged :
        List.of(
            Trial.merge(
                new MultislerpFactory(), MultislerpConfig.defaults(), vector(2, 0), vector(0, 4)),
            Trial.merge(
                new KarcherFactory(), KarcherConfig.defaults(), vector(2, 0), vector(0, 4)))) {
      assertThat(merged).containsExactly(new float[] {3 * HALF, 3 * HALF}, within(1e-6f));
    }
  }

  /** On a circle the Karcher mean is the mean angle: 0, 30 and 90 degrees make 40. */
  @Test
  void karcherMeanOnACircleIsTheMeanAngle() {
    float[] merged =
        Trial.merge(
            new KarcherFactory(),
            new KarcherConfig(50, 1e-9),
            vector(1, 0),
            vector((float) Math.cos(Math.PI / 6), 0.5f),
            vector(0, 1));

    double angle = Math.toRadians(40);
    assertThat(merged)
        .containsExactly(
            new float[] {(float) Math.cos(angle), (float) Math.sin(angle)}, within(1e-6f));
  }

  /** The zero has no direction, but halves the norm. */
  @Test
  void zeroInputsHaveNoDirection() {
    assertThat(
            Trial.merge(new KarcherFactory(), KarcherConfig.defaults(), vector(2, 0), vector(0, 0)))
        .containsExactly(1, 0);
    assertThat(
            Trial.merge(
                new MultislerpFactory(), MultislerpConfig.defaults(), vector(2, 0), vector(0, 0)))
        .containsExactly(1, 0);
  }

  /** Two directions that cancel out are added up with their weights; more are refused. */
  @Test
  void oppositeDirectionsHaveNoMean() {
    float[] x = vector(3, 0);
    float[] y = vector(-1, 0);
    float[] up = vector(0, 1);
    float[] down = vector(0, -1);
    MultislerpFactory multislerp = new MultislerpFactory();
    MultislerpConfig config = MultislerpConfig.defaults();

    assertThat(Trial.merge(multislerp, config, x, y)).containsExactly(1, 0);
    assertThatThrownBy(() -> Trial.merge(multislerp, config, x, y, up, down))
        .hasMessageStartingWith("tensor 'm.weight': the weighted directions of the inputs cancel");
    assertThat(Trial.merge(new KarcherFactory(), KarcherConfig.defaults(), x, y))
        .containsExactly(2, 0);
  }

  /** cos = 0.6, N = 2: t = 1.2 / 1.6 = 0.75, of the mean [4, 2]. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void handExampleOfModelStock(boolean filterWise) {
    float[] merged =
        Trial.merge(
            new ModelStockFactory(),
            new ModelStockConfig(filterWise, ModelStockConfig.Angle.MEAN_COSINE),
            vector(5, 0),
            vector(3, 4));

    assertThat(merged).containsExactly(new float[] {3, 1.5f}, within(1e-6f));
  }

  /**
   * Angles 0, 90 and 90 degrees: mean cosine 1/3, t = 1 / (5/3) = 0.6; mean angle 60 degrees,
   * cosine 1/2, t = 1.5 / 2 = 0.75. The mean is [2/3, 1/3].
   */
  @ParameterizedTest
  @CsvSource({"MEAN_COSINE, 0.4, 0.2", "MEAN_ANGLE, 0.5, 0.25"})
  void modelStockAveragesCosinesOrAngles(ModelStockConfig.Angle angle, float first, float second) {
    float[] merged =
        Trial.merge(
            new ModelStockFactory(),
            new ModelStockConfig(false, angle),
            vector(1, 0),
            vector(1, 0),
            vector(0, 1));

    assertThat(merged).containsExactly(new float[] {first, second}, within(1e-6f));
  }

  @Test
  void modelStockStaysAtTheBaseWhereDirectionsCancelOut() {
    assertThat(
            Trial.merge(
                new ModelStockFactory(), ModelStockConfig.defaults(), vector(1, 2), vector(-2, -4)))
        .containsExactly(0, 0);
  }

  @Test
  void lowRankInputsStayLowRank() {
    assertLowRank(new SlerpFactory(), new SlerpConfig(0.4));
    assertLowRank(new NuslerpFactory(), NuslerpConfig.defaults());
    assertLowRank(new MultislerpFactory(), MultislerpConfig.defaults());
    assertLowRank(new KarcherFactory(), KarcherConfig.defaults());
    assertLowRank(new ModelStockFactory(), ModelStockConfig.defaults());
  }

  @Test
  void weightsAreRefusedWhereTheyMeanNothing() {
    double[] weights = {0.5, 1};

    assertThatThrownBy(
            () ->
                Trial.merge(
                    new SlerpFactory(), SlerpConfig.defaults(), weights, vector(1), vector(2)))
        .hasMessageContaining("it takes no weights, and input 'x0' has 0.5; leave it out");
  }

  @Test
  void refusesValuesOutOfRange() {
    assertThatThrownBy(() -> new SlerpConfig(1.5)).hasMessage("t must be in [0, 1], was 1.5");
    assertThatThrownBy(() -> new MultislerpConfig(true, 0))
        .hasMessage("eps must be above 0, was 0.0");
    assertThatThrownBy(() -> new KarcherConfig(0, 1))
        .hasMessage("max_iter must be at least 1, was 0");
    assertThatThrownBy(
            () ->
                Trial.merge(
                    new NuslerpFactory(),
                    NuslerpConfig.defaults(),
                    new double[] {1, -1},
                    vector(1),
                    vector(2)))
        .hasMessageContaining("the weights of nuslerp must not add up to 0");
  }

  private static void assertModel(GoldenRun run, Map<String, INDArray> merged) {
    for (String name : List.of("w", "v")) {
      assertThatTensor(merged.get(name)).isCloseTo(run.expected(name), ANGLES, ANGLES);
    }
  }

  private static <C extends Record> void assertLowRank(MergerFactory<C> factory, C config) {
    LoraDelta x = new LoraDelta(Nd4j.ones(3, 2), Nd4j.rand(2, 4), 2);
    LoraDelta y = new LoraDelta(Nd4j.rand(3, 1), Nd4j.rand(1, 4), 1);
    List<AdapterInput> inputs =
        List.of(AdapterInput.of("x", Map.of("m", x)), AdapterInput.of("y", Map.of("m", y)));

    Delta merged =
        MergeEngine.builder(factory, config).build().mergeAdapters(inputs, null).deltas().get("m");

    assertThat(merged).as(factory.name()).isInstanceOf(LoraDelta.class);
  }
}
