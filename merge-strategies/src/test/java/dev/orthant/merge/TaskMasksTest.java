package dev.orthant.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.core.merge.MergeRefusedException;
import dev.orthant.core.merge.MergeResult;
import dev.orthant.core.merge.TaskMasksFile;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.TaskMask;
import dev.orthant.merge.EmrConfig.Rescaler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Rules whose result depends on the task at hand. */
final class TaskMasksTest {

  /** Sums of single-precision numbers in another order. */
  private static final double ROUNDING = 1e-6;

  private static final EmrConfig BY_TENSORS = new EmrConfig(Rescaler.MEAN_OF_MEANS);

  @ParameterizedTest
  @ValueSource(strings = {"emr_original", "fusionbench_emr"})
  void emrEqualsTheAuthorsCode(String file) {
    GoldenRun run = new GoldenRun("emr/%s.json".formatted(file));
    List<Map<String, Delta>> deltas = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Map<String, Delta> delta = new LinkedHashMap<>();
      for (String name : List.of("v", "w")) {
        INDArray base = run.golden.tensor("inputs", "base." + name);
        delta.put(
            name, new DenseDelta(run.golden.tensor("inputs", "ft" + i + "." + name).sub(base)));
      }
      deltas.add(delta);
    }

    MergeResult result = merge(new EmrFactory(), BY_TENSORS, deltas);

    float[] scales = run.expected("rescalers").toFloatVector();
    for (String name : List.of("v", "w")) {
      INDArray unified = run.expected("unified." + name);
      assertThatTensor(result.deltas().get(name).dense()).isCloseTo(unified, ROUNDING, ROUNDING);
      for (int i = 0; i < 3; i++) {
        INDArray expected = run.expected("mask" + i + "." + name).mul(unified).muli(scales[i]);
        assertThatTensor(result.deltasOf(i).get(name).dense())
            .isCloseTo(expected, ROUNDING, ROUNDING);
      }
    }
  }

  @Test
  void emrEqualsFusionBenchWhereVotesCancelOut() {
    GoldenRun run = new GoldenRun("emr/fusionbench_emr_ties_zero.json");
    List<Map<String, Delta>> deltas = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      deltas.add(Map.of("m", new DenseDelta(run.golden.tensor("inputs", "tv" + i))));
    }

    MergeResult result = merge(new EmrFactory(), BY_TENSORS, deltas);

    INDArray unified = run.expected("unified");
    float[] scales = run.expected("rescalers").toFloatVector();
    assertThatTensor(result.deltas().get("m").dense()).isCloseTo(unified, ROUNDING, 0);
    for (int i = 0; i < 3; i++) {
      INDArray expected = run.expected("mask" + i).mul(unified).muli(scales[i]);
      assertThatTensor(result.deltasOf(i).get("m").dense()).isCloseTo(expected, ROUNDING, ROUNDING);
    }
  }

  /**
   * By hand, tensors a = [2, -1 | 4, 1] and b = [1 | -3] of two tasks. Signs of the sums: [+, -, at
   * 2 + 4 = 6 and -1 + 1 = 0], [-]; elected a = [4, -1], b = [-3]. Task 0 uses both of a and
   * nothing of b. By tensors: own (3 / 2) + 1 = 2.5, elected (5 / 2) + 0; by elements own 4,
   * elected 5.
   */
  @Test
  void scalesAreByTensorsOrByElements() {
    List<Map<String, Delta>> deltas =
        List.of(tensors(new float[] {2, -1}, new float[] {1}), tensors(new float[] {4, 1}, -3));

    MergeResult byTensors = merge(new EmrFactory(), BY_TENSORS, deltas);
    MergeResult byElements = merge(new EmrFactory(), new EmrConfig(Rescaler.GLOBAL_L1), deltas);

    assertThat(byTensors.deltas().get("a").dense().toFloatVector()).containsExactly(4, -1);
    assertThat(byTensors.deltas().get("b").dense().toFloatVector()).containsExactly(-3);
    assertThat(byTensors.masks().get("b").get(0).uses(0)).isFalse();
    assertThat(byTensors.masks().get("a").get(0).scale()).isCloseTo(1.0, within(1e-12));
    assertThat(byElements.masks().get("a").get(0).scale()).isCloseTo(0.8, within(1e-12));
  }

  /**
   * sum = [3, 0.5, 4]; |1| > 0.4 |3 - 1|, |1| > 0.4 |0.5 - 1|, |0| > 0.4 |4| is false; and so on.
   */
  @Test
  void tallMasksAndConsensusByHand() {
    List<Map<String, Delta>> deltas = new ArrayList<>();
    deltas.add(Map.of("m", vector(1, 1, 0)));
    deltas.add(Map.of("m", vector(2, -0.5f, 4)));

    MergeResult tall = merge(new TallMasksFactory(), new TallMasksConfig(0.4, 1), deltas);
    MergeResult both = merge(new ConsensusFactory(), new ConsensusConfig(0.4, 2, 1), deltas);
    MergeResult any = merge(new ConsensusFactory(), new ConsensusConfig(0.4, 1, 0.5), deltas);

    assertThat(tall.deltasOf(0).get("m").dense().toFloatVector()).containsExactly(3, 0.5f, 0);
    assertThat(tall.deltasOf(1).get("m").dense().toFloatVector()).containsExactly(3, 0.5f, 4);
    assertThat(both.deltas().get("m").dense().toFloatVector()).containsExactly(3, 0.5f, 0);
    assertThat(any.deltas().get("m").dense().toFloatVector()).containsExactly(1.5f, 0.25f, 2);
  }

  @Test
  void masksComeBackFromTheirFileWithTheSameBits(@TempDir Path folder) {
    Path file = folder.resolve(TaskMasksFile.NAME);
    List<TaskMask> masks =
        List.of(TaskMask.of(11, 0.25, k -> k % 3 == 0), TaskMask.of(11, 1.5, k -> k > 7));

    TaskMasksFile.write(file, List.of("x", "y"), Map.of("layer.query", masks));
    List<TaskMask> back = TaskMasksFile.read(file, List.of("x", "y")).get("layer.query");

    for (int i = 0; i < 2; i++) {
      assertThat(back.get(i).bits()).isEqualTo(masks.get(i).bits());
      assertThat(back.get(i).scale()).isEqualTo(masks.get(i).scale());
    }
    assertThatThrownBy(() -> TaskMasksFile.read(file, List.of("y", "x")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has the masks of the tasks [x, y], expected [y, x]");
  }

  @Test
  void isRefusedWhereTheTaskIsNotKnown() {
    List<AdapterInput> inputs = List.of(AdapterInput.of("x", Map.of("m", vector(1))));
    MergeEngine engine = MergeEngine.builder(new EmrFactory(), BY_TENSORS).build();

    assertThatThrownBy(() -> engine.mergeAdapters(inputs, null))
        .isInstanceOf(MergeRefusedException.class)
        .hasMessageContaining("its result depends on the task at hand and is not one model");
  }

  private static <C extends Record> MergeResult merge(
      MergerFactory<C> factory, C config, List<Map<String, Delta>> deltas) {
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < deltas.size(); i++) {
      inputs.add(AdapterInput.of("x" + i, deltas.get(i)));
    }
    return MergeEngine.builder(factory, config).taskIds(true).build().mergeAdapters(inputs, null);
  }

  private static Map<String, Delta> tensors(float[] a, float... b) {
    Map<String, Delta> tensors = new LinkedHashMap<>();
    tensors.put("a", vector(a));
    tensors.put("b", vector(b));
    return tensors;
  }

  private static Delta vector(float... values) {
    return new DenseDelta(Nd4j.createFromArray(values));
  }
}
