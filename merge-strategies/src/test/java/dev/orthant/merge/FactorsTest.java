package dev.orthant.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.core.merge.MergeRefusedException;
import dev.orthant.core.spi.MergerFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Rules for adapters only. */
final class FactorsTest {

  private static final double SINGLE = 1e-6;

  @Test
  void robustMergeEqualsTheAuthorsFormula() {
    GoldenRun run = new GoldenRun("robust-merge/robust_merge.json");
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      inputs.add(
          input(
              "x" + i,
              new LoraDelta(
                  run.golden.tensor("inputs", "b" + i), run.golden.tensor("inputs", "a" + i), 2)));
    }

    LoraDelta merged =
        (LoraDelta) merge(new RobustMergeFactory(), new RobustMergeConfig(0.4, 0.6, 2), inputs);

    assertThat(merged.scaling()).isEqualTo(2);
    assertThatTensor(merged.a()).isCloseTo(run.expected("a"), SINGLE, SINGLE);
    assertThatTensor(merged.b()).isCloseTo(run.expected("b"), SINGLE, SINGLE);
  }

  @Test
  void robustMergeRefusesFactorsThatDoNotMatch() {
    List<AdapterInput> inputs = List.of(input("x", lora(1, 2, 0.5)), input("y", lora(2, 3, 0.5)));

    assertThatThrownBy(() -> merge(new RobustMergeFactory(), RobustMergeConfig.defaults(), inputs))
        .hasMessage(
            "tensor 'w.weight': factors are merged one by one, so rank and scaling have to be those"
                + " of 'x', 2 and 0.5; 'y' has 3 and 0.5");
  }

  @Test
  void catIsTheWeightedSumOfAnyRanks() {
    LoraDelta x = lora(1, 2, 0.5);
    LoraDelta y = lora(2, 3, 2);
    List<AdapterInput> inputs = List.of(input("x", x).withWeight(0.25), input("y", y));

    Delta merged = merge(new CatFactory(), CatConfig.defaults(), inputs);

    assertThat(((LoraDelta) merged).rank()).isEqualTo(5);
    INDArray expected = x.dense().muli(0.25).addi(y.dense());
    assertThatTensor(merged.dense()).isCloseTo(expected, 1e-5, 1e-5);
  }

  @Test
  void whatHasNoFactorsIsRefusedBeforeTheMerge() {
    List<AdapterInput> inputs =
        List.of(input("x", lora(1, 2, 1)), input("y", new DenseDelta(Nd4j.ones(6, 7))));

    assertThatThrownBy(() -> merge(new CatFactory(), CatConfig.defaults(), inputs))
        .isInstanceOf(MergeRefusedException.class)
        .hasMessageContaining("it works on factors, and input 'y' has none of 'w'");
  }

  private static <C extends Record> Delta merge(
      MergerFactory<C> factory, C config, List<AdapterInput> inputs) {
    return MergeEngine.builder(factory, config)
        .build()
        .mergeAdapters(inputs, null)
        .deltas()
        .get("w");
  }

  private static AdapterInput input(String name, Delta delta) {
    return AdapterInput.of(name, Map.of("w", delta));
  }

  private static LoraDelta lora(long seed, int rank, double scaling) {
    Nd4j.getRandom().setSeed(seed);
    return new LoraDelta(Nd4j.randn(6, rank), Nd4j.randn(rank, 7), scaling);
  }
}
