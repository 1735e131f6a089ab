package dev.orthant.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static dev.orthant.merge.GoldenRun.SINGLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.core.merge.MergeResult;
import dev.orthant.core.spi.MergerFactory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class LinearRulesTest {

  @Test
  void averageEqualsMergekitsLinear() {
    GoldenRun run = new GoldenRun("average/mergekit_linear.json");

    Map<String, INDArray> merged =
        run.checkpoints(new AverageFactory(), AverageConfig.defaults(), false);

    assertThatTensor(merged.get("w")).isCloseTo(run.expected("w"), SINGLE, SINGLE);
    assertThatTensor(merged.get("v")).isCloseTo(run.expected("v"), SINGLE, SINGLE);
  }

  @Test
  void linearIsTheAverage() {
    GoldenRun run = new GoldenRun("average/mergekit_linear.json");

    Map<String, INDArray> merged =
        run.checkpoints(new LinearFactory(), LinearConfig.defaults(), false);

    assertThatTensor(merged.get("w")).isCloseTo(run.expected("w"), SINGLE, SINGLE);
    assertThatTensor(merged.get("v")).isCloseTo(run.expected("v"), SINGLE, SINGLE);
  }

  @Test
  void averageOnABaseIsTheSameModel() {
    GoldenRun run = new GoldenRun("average/mergekit_linear.json");

    Map<String, INDArray> merged =
        run.checkpoints(new AverageFactory(), AverageConfig.defaults(), true);

    assertThatTensor(merged.get("w")).isCloseTo(run.expected("w"), SINGLE, SINGLE);
  }

  @Test
  void averageWithoutNormalisationEqualsMergekits() {
    GoldenRun run = new GoldenRun("average/mergekit_linear_unnormalized.json");

    Map<String, INDArray> merged =
        run.checkpoints(new AverageFactory(), new AverageConfig(false), false);

    assertThatTensor(merged.get("w")).isCloseTo(run.expected("w"), SINGLE, SINGLE);
    assertThatTensor(merged.get("v")).isCloseTo(run.expected("v"), SINGLE, SINGLE);
  }

  @Test
  void taskArithmeticEqualsMergekits() {
    GoldenRun run = new GoldenRun("task-arithmetic/mergekit_task_arithmetic.json");

    Map<String, INDArray> merged =
        run.checkpoints(new TaskArithmeticFactory(), new TaskArithmeticConfig(0.8, false), true);

    assertThatTensor(merged.get("w")).isCloseTo(run.expected("w"), SINGLE, SINGLE);
    assertThatTensor(merged.get("v")).isCloseTo(run.expected("v"), SINGLE, SINGLE);
  }

  @Test
  void taskArithmeticEqualsPeftsOnTaskVectors() {
    GoldenRun run = new GoldenRun("task-arithmetic/peft_task_arithmetic.json");

    INDArray merged =
        run.taskVectors(new TaskArithmeticFactory(), new TaskArithmeticConfig(1, false));

    assertThatTensor(merged).isCloseTo(run.expected("merged"), SINGLE, SINGLE);
  }

  /**
   * By hand: deltas [1, 2] and [3, -2] with weights 1 and 3. Average: (1 + 9)/4 = 2.5 and (2 - 6)/4
   * = -1. Task arithmetic with lambda 0.5: 0.5 (1 + 9) = 5 and 0.5 (2 - 6) = -2.
   */
  @Test
  void handExample() {
    List<AdapterInput> inputs =
        List.of(
            AdapterInput.of("x", Map.of("m", dense(1, 2))),
            AdapterInput.of("y", Map.of("m", dense(3, -2))).withWeight(3));

    MergeResult average = merge(new AverageFactory(), AverageConfig.defaults(), inputs);
    MergeResult sum =
        merge(new TaskArithmeticFactory(), new TaskArithmeticConfig(0.5, false), inputs);

    assertThat(average.deltas().get("m").dense().toFloatVector()).containsExactly(2.5f, -1f);
    assertThat(sum.deltas().get("m").dense().toFloatVector()).containsExactly(5f, -2f);
  }

  @Test
  void lowRankInputsStayLowRank() {
    LoraDelta x = new LoraDelta(Nd4j.ones(3, 2), Nd4j.ones(2, 4), 2);
    LoraDelta y = new LoraDelta(Nd4j.ones(3, 1), Nd4j.ones(1, 4), 1);
    List<AdapterInput> inputs =
        List.of(AdapterInput.of("x", Map.of("m", x)), AdapterInput.of("y", Map.of("m", y)));

    Delta merged = merge(new AverageFactory(), AverageConfig.defaults(), inputs).deltas().get("m");

    assertThat(merged).isInstanceOf(LoraDelta.class);
    assertThat(((LoraDelta) merged).rank()).isEqualTo(3);
    assertThatTensor(merged.dense()).isCloseTo(Nd4j.ones(3, 4).mul(2.5), 0, 0);
  }

  @Test
  void refusesToDivideByWeightsThatAddUpToZero() {
    List<AdapterInput> inputs =
        List.of(
            AdapterInput.of("x", Map.of("m", dense(1, 2))),
            AdapterInput.of("y", Map.of("m", dense(3, -2))).withWeight(-1));

    assertThatThrownBy(() -> merge(new AverageFactory(), AverageConfig.defaults(), inputs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must not add up to 0");
  }

  @Test
  void refusesALambdaThatIsNotFinite() {
    assertThatThrownBy(() -> new TaskArithmeticConfig(Double.NaN, false))
        .hasMessage("lambda must be finite, was NaN");
  }

  private static <C extends Record> MergeResult merge(
      MergerFactory<C> factory, C config, List<AdapterInput> inputs) {
    return MergeEngine.builder(factory, config).build().mergeAdapters(inputs, null);
  }

  private static Delta dense(float... values) {
    return new DenseDelta(Nd4j.createFromArray(values));
  }
}
