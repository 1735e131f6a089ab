package dev.orthant.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.CheckpointInput;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.core.merge.MergeRefusedException;
import dev.orthant.core.testing.InMemoryTensors;
import dev.orthant.merge.FisherConfig.Information;
import dev.orthant.merge.FisherConfig.Profile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class FisherTest {

  private static final FisherFactory FISHER = new FisherFactory();

  @ParameterizedTest
  @CsvSource({"fusionbench_fisher, false", "fusionbench_fisher_normalized, true"})
  void equalsFusionBench(String file, boolean normalize) {
    GoldenRun run = new GoldenRun("fisher/%s.json".formatted(file));
    List<CheckpointInput> inputs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Map<String, INDArray> tensors = new LinkedHashMap<>();
      Map<String, Supplier<INDArray>> fisher = new LinkedHashMap<>();
      for (String name : List.of("v", "w")) {
        tensors.put(name, run.golden.tensor("inputs", "ft" + i + "." + name));
        INDArray values = run.golden.tensor("inputs", "fisher" + i + "." + name);
        fisher.put(name, () -> values);
      }
      inputs.add(CheckpointInput.of("ft" + i, new InMemoryTensors(tensors)).withFisher(fisher));
    }

    var merged =
        MergeEngine.builder(
                FISHER, new FisherConfig(1e-6, normalize, Profile.FUSIONBENCH, Information.EXACT))
            .build()
            .mergeCheckpoints(inputs, null);

    for (String name : List.of("v", "w")) {
      assertThatTensor(merged.read(name))
          .isCloseTo(run.expected(name), GoldenRun.SINGLE, GoldenRun.SINGLE);
    }
  }

  /** (3 * 2 + 1 * 6) / 4 = 3; where nobody knows anything, the mean of 1 and 3. */
  @Test
  void handExample() {
    List<AdapterInput> inputs =
        List.of(input("x", new float[] {2, 1}, 3, 0), input("y", new float[] {6, 3}, 1, 0));

    float[] merged = merge(new FisherConfig(1e-6, false, Profile.PAPER, Information.EXACT), inputs);

    assertThat(merged).containsExactly(3, 2);
  }

  @Test
  void refusesToStartWithoutInformation() {
    AdapterInput bare = AdapterInput.of("x", Map.of("w", new DenseDelta(Nd4j.ones(3))));

    assertThatThrownBy(() -> merge(FisherConfig.defaults(), List.of(bare)))
        .isInstanceOf(MergeRefusedException.class)
        .hasMessageContaining("it needs Fisher information, and input 'x' has none of 'w'");
  }

  @Test
  void refusesInformationThatIsNegative() {
    AdapterInput wrong = input("x", new float[] {2, 1}, 3, -1);

    assertThatThrownBy(
            () ->
                merge(
                    new FisherConfig(1e-6, false, Profile.PAPER, Information.EXACT),
                    List.of(wrong)))
        .hasMessage(
            "the Fisher information of input 'x' at tensor 'w.weight' must not be negative, was"
                + " -1.0");
  }

  private static float[] merge(FisherConfig config, List<AdapterInput> inputs) {
    return MergeEngine.builder(FISHER, config)
        .build()
        .mergeAdapters(inputs, null)
        .deltas()
        .get("w")
        .dense()
        .toFloatVector();
  }

  private static AdapterInput input(String name, float[] delta, float... fisher) {
    return AdapterInput.of(name, Map.of("w", new DenseDelta(Nd4j.createFromArray(delta))))
        .withFisher(Map.of("w", () -> Nd4j.createFromArray(fisher)));
  }
}
