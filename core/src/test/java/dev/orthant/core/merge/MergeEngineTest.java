package dev.orthant.core.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.lowrank.Compression;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.progress.InterruptedWorkException;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.spi.MergerTraits.Need;
import dev.orthant.core.spi.ShapeMismatchException;
import dev.orthant.core.testing.InMemoryTensors;
import dev.orthant.core.testing.RandomStatistics;
import dev.orthant.core.testing.RecordingProgress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class MergeEngineTest {

  private final SumFactory factory = new SumFactory();

  @Test
  void mergesAdaptersInTheOrderOfTheFirstInput() {
    Map<String, Delta> x = ordered("z.query", dense(1, 2), "a.value", dense(3, 4));
    Map<String, Delta> y = ordered("a.value", dense(10, 10), "z.query", dense(20, 20));

    MergeResult result =
        engine(SumFactory.Config.plain())
            .mergeAdapters(
                List.of(AdapterInput.of("x", x), AdapterInput.of("y", y).withWeight(0.5)), null);

    assertThat(result.deltas().keySet()).containsExactly("z.query", "a.value");
    assertThat(result.deltas().get("z.query").dense().toFloatVector()).containsExactly(11, 12);
    assertThat(result.report())
        .extracting(TensorReport::tensor)
        .containsExactly("z.query.weight", "a.value.weight");
  }

  @Test
  void reportsNormsCosinesRanksAndSignConflicts() {
    INDArray eye = Nd4j.eye(2);
    LoraDelta x = new LoraDelta(eye, Nd4j.createFromArray(new float[][] {{3, 0}, {0, 4}}), 1);
    LoraDelta y = new LoraDelta(eye, Nd4j.createFromArray(new float[][] {{3, 0}, {0, -4}}), 1);

    TensorReport report =
        MergeEngine.builder(factory, SumFactory.Config.plain())
            .signConflicts(true)
            .build()
            .mergeAdapters(inputs(x, y), null)
            .report()
            .get(0);

    // norms 5; cosine (9 - 16) / 25; of two shared elements one conflicts; the sum is diag(6, 0)
    assertThat(report.inputNorms()).containsExactly(5.0, 5.0);
    assertThat(report.meanCosine()).isCloseTo(-7.0 / 25, within(1e-12));
    assertThat(report.signConflict()).isEqualTo(0.5);
    assertThat(report.mergedNorm()).isEqualTo(6);
    assertThat(report.mergedRank()).isNull();
  }

  @Test
  void transformsComeBeforeAndAfter() {
    LoraDelta x = new LoraDelta(Nd4j.eye(2), diagonal(3, 4), 1);
    DeltaTransform largest =
        (tensor, delta, own, others) -> {
          Compression c = LowRank.compress((LoraDelta) delta, 1);
          return new DeltaTransform.Result(c.delta(), c.relativeError());
        };
    DeltaTransform twice =
        (tensor, delta, own, others) -> new DeltaTransform.Result(delta.times(2), 0);

    MergeResult result =
        MergeEngine.builder(factory, SumFactory.Config.plain())
            .before(List.of(largest))
            .after(List.of(twice))
            .build()
            .mergeAdapters(inputs(x, x), null);

    assertThatTensor(result.deltas().get("m").dense()).isCloseTo(diagonal(0, 16), 1e-5, 0);
    assertThat(result.report().get(0).transformError()).isCloseTo(0.6, within(1e-7));
  }

  @Test
  void surveysAsOftenAsTheRuleAsks() {
    engine(new SumFactory.Config(Set.of(), 1, 9, 2))
        .mergeAdapters(
            List.of(AdapterInput.of("x", ordered("b", dense(1, 1), "a", dense(2, 2)))), null);

    assertThat(factory.surveyed).containsExactly("b.weight", "a.weight", "b.weight", "a.weight");
  }

  @Test
  void checkpointsAreMergedAsDifferencesFromTheBase() {
    InMemoryTensors base = model(1, 2);
    try (MergedTensors merged =
        engine(SumFactory.Config.plain())
            .mergeCheckpoints(
                List.of(CheckpointInput.of("x", model(2, 5)), CheckpointInput.of("y", model(0, 2))),
                base)) {

      assertThat(merged.names()).containsExactly("w.weight", "ids");
      assertThat(merged.changed()).containsExactly("w.weight");
      assertThat(merged.read("w.weight").toFloatVector()).containsExactly(1, 5);
      assertThat(merged.report()).hasSize(1);
    }
  }

  @Test
  void withoutABaseDifferencesAreFromZero() {
    try (MergedTensors merged =
        engine(SumFactory.Config.plain())
            .mergeCheckpoints(
                List.of(
                    CheckpointInput.of("x", model(2, 5)),
                    CheckpointInput.of("y", model(0, 2)).withWeight(-1)),
                null)) {

      assertThat(merged.read("w.weight").toFloatVector()).containsExactly(2, 3);
    }
  }

  @Test
  void foldsDeltasIntoTheirWeights() {
    InMemoryTensors base = model(1, 2);

    FoldedTensors folded = FoldedTensors.of(base, Map.of("w", dense(10, -1)));

    assertThat(folded.changed()).containsExactly("w.weight");
    assertThat(folded.read("w.weight").toFloatVector()).containsExactly(11, 1);
    assertThat(base.read("w.weight").toFloatVector()).containsExactly(1, 2);
    assertThatThrownBy(() -> FoldedTensors.of(base, Map.of("q", dense(1, 1))))
        .hasMessageContaining("no tensor 'q.weight'");
    assertThatThrownBy(() -> FoldedTensors.of(base, Map.of("w", dense(1, 1, 1))))
        .isInstanceOf(ShapeMismatchException.class)
        .hasMessage("tensor 'w.weight' has shape [3], expected [2]");
  }

  @Test
  void namesEverythingThatIsInTheWayAtOnce() {
    AdapterInput x = AdapterInput.of("x", ordered("q", dense(1, 2), "v", dense(1, 2)));
    AdapterInput y = AdapterInput.of("y", ordered("q", dense(1, 2, 3))).withWeight(Double.NaN);
    MergeEngine engine = engine(new SumFactory.Config(Set.of(Need.BASE, Need.GRAM), 3, 3, 0));

    assertThatThrownBy(() -> engine.mergeAdapters(List.of(x, y), null))
        .isInstanceOf(MergeRefusedException.class)
        .hasMessageContaining("cannot merge with 'sum'")
        .hasMessageContaining("it takes exactly 3 inputs, were 2")
        .hasMessageContaining("the weight of input 'y' must be finite, was NaN")
        .hasMessageContaining("it needs the base model's weights, and none are given")
        .hasMessageContaining("it needs statistics, and input 'x' has none of 'q', 'v'")
        .hasMessageContaining("input 'y' lacks the module 'v'")
        .hasMessageContaining("tensor 'q.weight' has shape [3] in input 'y' and [2] in 'x'");
  }

  @Test
  void statisticsThatAreThereAreEnough() {
    AdapterInput x =
        AdapterInput.of("x", Map.of("m", new LoraDelta(Nd4j.eye(2), diagonal(1, 1), 1)))
            .withStatistics(Map.of("m", RandomStatistics.of("x", 2, 1)));

    assertThat(
            engine(SumFactory.Config.needing(Need.GRAM)).mergeAdapters(List.of(x), null).deltas())
        .containsOnlyKeys("m");
  }

  @Test
  void rulesOnDifferencesNeedABaseForCheckpointsOnly() {
    MergeEngine engine = engine(SumFactory.Config.needing(Need.TASK_VECTORS));

    engine.mergeAdapters(inputs(dense(1, 2)), null);
    assertThatThrownBy(
            () -> engine.mergeCheckpoints(List.of(CheckpointInput.of("x", model(1, 2))), null))
        .hasMessageContaining("it works on differences from a base model, and no base is given");
  }

  @Test
  void refusesAWrongShapeByName() {
    AdapterInput x = AdapterInput.of("x", Map.of("layer.q", dense(1, 2)));
    AdapterInput y = AdapterInput.of("y", Map.of("layer.q", dense(1, 2, 3)));

    assertThatThrownBy(() -> engine(SumFactory.Config.plain()).mergeAdapters(List.of(x, y), null))
        .isInstanceOf(ShapeMismatchException.class)
        .hasMessage("tensor 'layer.q.weight' has shape [3], expected [2]");
  }

  @Test
  void refusesModelsWithOtherTensors() {
    InMemoryTensors other = new InMemoryTensors(Map.of("u.weight", Nd4j.createFromArray(1f, 2f)));

    assertThatThrownBy(
            () ->
                engine(SumFactory.Config.plain())
                    .mergeCheckpoints(List.of(CheckpointInput.of("x", other)), model(1, 2)))
        .hasMessageContaining("input 'x' lacks the tensors 'w.weight', 'ids'")
        .hasMessageContaining("input 'x' has tensors that the base has not: 'u.weight'");
  }

  @Test
  void refusesTwoInputsOfOneName() {
    AdapterInput x = AdapterInput.of("x", Map.of("m", dense(1, 2)));

    assertThatThrownBy(() -> engine(SumFactory.Config.plain()).mergeAdapters(List.of(x, x), null))
        .hasMessageContaining("two inputs are called 'x'");
    assertThatThrownBy(() -> engine(SumFactory.Config.plain()).mergeAdapters(List.of(), null))
        .hasMessageContaining("it takes at least 1 input, were 0");
  }

  @Test
  void refusesNumbersThatAreNotFiniteByName() {
    assertThatThrownBy(
            () ->
                engine(SumFactory.Config.plain())
                    .mergeAdapters(inputs(dense(1, 2), dense(1, Float.NaN)), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor 'm.weight' of input 'x1' holds numbers that are not finite");
  }

  @Test
  void tellsProgressAndStopsWhenAsked() {
    RecordingProgress progress = new RecordingProgress();
    Interruption interruption = new Interruption();
    MergeEngine engine =
        MergeEngine.builder(factory, SumFactory.Config.plain())
            .progress(progress)
            .interruption(interruption)
            .build();

    engine.mergeAdapters(inputs(dense(1, 2)), null);
    interruption.request();

    assertThat(progress.events())
        .containsExactly("start merge sum 1 tensors", "step merge sum 1", "close merge sum");
    assertThatThrownBy(() -> engine.mergeAdapters(inputs(dense(1, 2)), null))
        .isInstanceOf(InterruptedWorkException.class);
  }

  private MergeEngine engine(SumFactory.Config config) {
    return MergeEngine.builder(factory, config).build();
  }

  private static List<AdapterInput> inputs(Delta... deltas) {
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < deltas.length; i++) {
      inputs.add(AdapterInput.of("x" + i, Map.of("m", deltas[i])));
    }
    return inputs;
  }

  private static Map<String, Delta> ordered(Object... namesAndDeltas) {
    Map<String, Delta> deltas = new LinkedHashMap<>();
    for (int i = 0; i < namesAndDeltas.length; i += 2) {
      deltas.put((String) namesAndDeltas[i], (Delta) namesAndDeltas[i + 1]);
    }
    return deltas;
  }

  private static Delta dense(float... values) {
    return new DenseDelta(Nd4j.createFromArray(values));
  }

  private static INDArray diagonal(float first, float second) {
    return Nd4j.createFromArray(new float[][] {{first, 0}, {0, second}});
  }

  private static InMemoryTensors model(float first, float second) {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("w.weight", Nd4j.createFromArray(first, second));
    tensors.put("ids", Nd4j.createFromArray(0L, 1L, 2L));
    return new InMemoryTensors(tensors);
  }
}
