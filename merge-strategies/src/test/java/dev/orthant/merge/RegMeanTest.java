package dev.orthant.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.core.merge.MergeRefusedException;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.testing.RandomStatistics;
import dev.orthant.merge.RegMeanConfig.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class RegMeanTest {

  private static final RegMeanFactory REGMEAN = new RegMeanFactory();

  /** The reference inverts in single precision, whose rounding the condition of G multiplies. */
  private static final double INVERSE = 1e-5;

  @ParameterizedTest
  @CsvSource({"1.0", "0.9"})
  void equalsFusionBench(double alpha) {
    GoldenRun run = new GoldenRun("regmean/fusionbench_regmean_ratio%s.json".formatted(alpha));
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      inputs.add(
          AdapterInput.of("ft" + i, Map.of("w", delta(run, "ft" + i)))
              .withStatistics(Map.of("w", statistics(run.golden.tensor("inputs", "gram" + i)))));
    }

    INDArray merged = merge(new RegMeanConfig(alpha, 1e-8, Profile.FUSIONBENCH), inputs).dense();

    INDArray expected = run.expected("w").sub(run.golden.tensor("inputs", "base.w"));
    assertThatTensor(merged).isCloseTo(expected, INVERSE, INVERSE);
  }

  /**
   * One output, two features. Task 0 only ever sees the first feature, task 1 only the second, so
   * each keeps its own column: [3, 5] and [7, 11] merge to [3, 11].
   */
  @Test
  void featuresThatOneTaskAloneHasKeepItsWeights() {
    List<AdapterInput> inputs =
        List.of(
            input("x", new float[][] {{3, 5}}, 2, 0, 0, 0),
            input("y", new float[][] {{7, 11}}, 0, 0, 0, 8));

    INDArray merged = merge(RegMeanConfig.defaults(), inputs).dense();

    assertThatTensor(merged).isCloseTo(Nd4j.createFromArray(new float[][] {{3, 11}}), 1e-6, 0);
  }

  /**
   * By hand, alpha 1, G0 = [[2, 1], [1, 2]], G1 = [[1, 0], [0, 1]]: [1, 0] G0 + [0, 1] G1 = [2, 2],
   * the sum is [[3, 1], [1, 3]], whose inverse is [[3, -1], [-1, 3]] / 8, so [2, 2] -> [0.5, 0.5].
   * With alpha 0 the sum is 3 I and [1, 0] diag(G0) + [0, 1] G1 = [2, 1], so [2/3, 1/3].
   */
  @Test
  void handExample() {
    List<AdapterInput> inputs =
        List.of(
            input("x", new float[][] {{1, 0}}, 2, 1, 1, 2),
            input("y", new float[][] {{0, 1}}, 1, 0, 0, 1));

    INDArray whole = merge(new RegMeanConfig(1, 1e-8, Profile.PAPER), inputs).dense();
    INDArray diagonal = merge(new RegMeanConfig(0, 1e-8, Profile.PAPER), inputs).dense();

    assertThatTensor(whole).isCloseTo(Nd4j.createFromArray(new float[][] {{.5f, .5f}}), 1e-6, 0);
    assertThatTensor(diagonal)
        .isCloseTo(Nd4j.createFromArray(new float[][] {{2f / 3, 1f / 3}}), 1e-6, 0);
  }

  @Test
  void isTheMeanWhereNoFeaturesAre() {
    List<AdapterInput> inputs =
        List.of(
            input("x", new float[][] {{3, 5}}, 2, 0, 0, 0),
            input("y", new float[][] {{7, 11}}, 4, 0, 0, 0));

    INDArray merged = merge(RegMeanConfig.defaults(), inputs).dense();

    float first = (2 * 3 + 4 * 7) / 6f;
    assertThatTensor(merged).isCloseTo(Nd4j.createFromArray(new float[][] {{first, 8}}), 1e-6, 0);
  }

  /** What it minimises, with features of condition 1e6: no step to any side makes it smaller. */
  @Test
  void isTheMinimumOfTheDistanceOfOutputs() {
    List<FeatureStatistics> features = new ArrayList<>();
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      FeatureStatistics each = RandomStatistics.of("x" + i, 12, i);
      features.add(each);
      inputs.add(
          AdapterInput.of("x" + i, Map.of("w", lora(i, 7, 12))).withStatistics(Map.of("w", each)));
    }

    Delta merged = merge(new RegMeanConfig(1, 1e-12, Profile.PAPER), inputs);

    assertThat(merged)
        .isInstanceOfSatisfying(LoraDelta.class, d -> assertThat(d.rank()).isEqualTo(6));
    double least = distance(merged.dense(), inputs, features);
    for (int step = 0; step < 20; step++) {
      Nd4j.getRandom().setSeed(step);
      INDArray other = merged.dense().addi(Nd4j.randn(7, 12).muli(1e-3));
      assertThat(distance(other, inputs, features)).isGreaterThan(least);
    }
  }

  @Test
  void refusesToStartWithoutStatistics() {
    AdapterInput bare = AdapterInput.of("x", Map.of("w", lora(1, 3, 4)));

    assertThatThrownBy(() -> merge(RegMeanConfig.defaults(), List.of(bare)))
        .isInstanceOf(MergeRefusedException.class)
        .hasMessageContaining("it needs statistics, and input 'x' has none of 'w'");
  }

  @Test
  void refusesStatisticsOfAnotherWidth() {
    AdapterInput wrong =
        AdapterInput.of("x", Map.of("w", lora(1, 3, 4)))
            .withStatistics(Map.of("w", RandomStatistics.of("x", 5, 1)));

    assertThatThrownBy(() -> merge(RegMeanConfig.defaults(), List.of(wrong)))
        .hasMessage("tensor 'w.weight' has 4 inputs, the statistics of input 'x' have 5 features");
  }

  @Test
  void refusesNegativeWeights() {
    AdapterInput negative = input("x", new float[][] {{3, 5}}, 2, 0, 0, 1).withWeight(-1);

    assertThatThrownBy(() -> merge(RegMeanConfig.defaults(), List.of(negative)))
        .hasMessage("the weight of input 'x' must not be negative in least squares, was -1.0");
  }

  @ParameterizedTest
  @CsvSource({"-0.1", "1.5", "NaN"})
  void refusesAnAlphaOutOfRange(double alpha) {
    assertThatThrownBy(() -> new RegMeanConfig(alpha, 1e-8, Profile.PAPER))
        .hasMessage("alpha must be in [0, 1], was " + alpha);
  }

  private static double distance(
      INDArray weights, List<AdapterInput> inputs, List<FeatureStatistics> features) {
    double sum = 0;
    for (int i = 0; i < inputs.size(); i++) {
      INDArray own = inputs.get(i).deltas().get("w").dense();
      sum += LowRank.energy(new DenseDelta(weights.sub(own)), features.get(i).gram());
    }
    return sum;
  }

  private static Delta merge(RegMeanConfig config, List<AdapterInput> inputs) {
    return MergeEngine.builder(REGMEAN, config)
        .build()
        .mergeAdapters(inputs, null)
        .deltas()
        .get("w");
  }

  private static AdapterInput input(String name, float[][] delta, double... gram) {
    FeatureStatistics features = new FeatureStatistics(name, 1, new double[2], gram);
    return AdapterInput.of(name, Map.of("w", new DenseDelta(Nd4j.createFromArray(delta))))
        .withStatistics(Map.of("w", features));
  }

  private static LoraDelta lora(long seed, int out, int in) {
    Nd4j.getRandom().setSeed(seed);
    return new LoraDelta(Nd4j.randn(out, 2), Nd4j.randn(2, in), 2);
  }

  private static Delta delta(GoldenRun run, String model) {
    INDArray tuned = run.golden.tensor("inputs", model + ".w");
    return new DenseDelta(tuned.sub(run.golden.tensor("inputs", "base.w")));
  }

  private static FeatureStatistics statistics(INDArray gram) {
    return new FeatureStatistics(
        "task",
        1,
        new double[(int) gram.size(0)],
        gram.castTo(org.nd4j.linalg.api.buffer.DataType.DOUBLE).data().asDouble());
  }
}
