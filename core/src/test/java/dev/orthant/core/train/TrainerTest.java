package dev.orthant.core.train;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.kernel.Precision;
import dev.orthant.core.text.Encoded;
import dev.orthant.core.text.LabelledRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

final class TrainerTest {

  private static final int VOCABULARY = 6;

  /** Sums of a few float gradients in another order. */
  private static final double ROUNDING = 1e-6;

  private final Kernels kernels = new PortableKernels();

  @TempDir Path folder;

  @Test
  void lossFallsAndEveryEvaluationLeavesACheckpoint() throws IOException {
    OneHotRegression model = new OneHotRegression(VOCABULARY);

    TrainingResult result =
        trainer(config(3, 4, 1)).train(model, rows(16), null, folder, f -> {}, false);

    assertThat(result.steps()).isEqualTo(12);
    assertThat(folder.resolve("checkpoint-12/trainer_state.json")).exists();
    assertThat(folder.resolve("checkpoint-12/optimizer.safetensors")).exists();
    assertThat(folder.resolve("checkpoint-4")).doesNotExist();
    List<String> lines = Files.readAllLines(folder.resolve("metrics.jsonl"));
    assertThat(lines).hasSize(12);
    assertThat(lossOf(lines.get(11))).isLessThan(lossOf(lines.get(0)));
  }

  @Test
  void accumulatedMicroBatchesEqualOneLargeBatch() {
    OneHotRegression large = new OneHotRegression(VOCABULARY);
    OneHotRegression accumulated = new OneHotRegression(VOCABULARY);

    trainer(config(2, 8, 1)).train(large, rows(14), null, folder.resolve("a"), f -> {}, false);
    trainer(config(2, 4, 2))
        .train(accumulated, rows(14), null, folder.resolve("b"), f -> {}, false);

    assertThatTensor(accumulated.weights.value())
        .isCloseTo(large.weights.value(), ROUNDING, ROUNDING);
  }

  @Test
  void resumedRunHasTheBitsOfAnUninterruptedOne() {
    OneHotRegression whole = new OneHotRegression(VOCABULARY);
    OneHotRegression cut = new OneHotRegression(VOCABULARY);
    OneHotRegression resumed = new OneHotRegression(VOCABULARY);
    Path other = folder.resolve("other");

    TrainingResult expected =
        trainer(config(3, 4, 1))
            .train(whole, rows(18), null, folder.resolve("one"), f -> {}, false);
    assertThatThrownBy(
            () ->
                trainer(config(3, 4, 1), stopAfter(7))
                    .train(cut, rows(18), null, other, f -> {}, false))
        .isInstanceOf(TrainingInterruptedException.class)
        .hasMessageContaining("after step 7")
        .hasMessageContaining("checkpoint-7");
    TrainingResult actual =
        trainer(config(3, 4, 1)).train(resumed, rows(18), null, other, f -> {}, true);

    assertThatTensor(resumed.weights.value()).hasSameBitsAs(whole.weights.value());
    assertThat(actual.logHistory()).isEqualTo(expected.logHistory());
  }

  @Test
  void resumingAnotherRunIsRefused() {
    OneHotRegression model = new OneHotRegression(VOCABULARY);
    trainer(config(1, 4, 1)).train(model, rows(8), null, folder, f -> {}, false);

    assertThatThrownBy(
            () -> trainer(config(2, 4, 1)).train(model, rows(8), null, folder, f -> {}, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 steps over 8 rows, this one has 4 steps");
  }

  @Test
  void bestCheckpointIsKeptAndLoadedAtTheEnd() {
    OneHotRegression model = new OneHotRegression(VOCABULARY);
    List<INDArray> seen = new ArrayList<>();
    Evaluator evaluator = scripted(model, seen, List.of(0.5, 0.9, 0.7));

    TrainingResult result =
        trainer(config(3, 4, 1)).train(model, rows(8), evaluator, folder, f -> {}, false);

    assertThat(result.bestMetric()).isEqualTo(0.9);
    assertThat(folder.resolve("checkpoint-4")).exists();
    assertThat(folder.resolve("checkpoint-6")).exists();
    assertThat(folder.resolve("checkpoint-2")).doesNotExist();
    assertThatTensor(model.weights.value()).hasSameBitsAs(seen.get(1));
  }

  @Test
  void patienceEndsTraining() {
    OneHotRegression model = new OneHotRegression(VOCABULARY);
    Evaluator evaluator = scripted(model, new ArrayList<>(), List.of(0.5, 0.4, 0.4, 0.9));

    TrainingResult result =
        trainer(withPatience(2)).train(model, rows(8), evaluator, folder, f -> {}, false);

    assertThat(result.stoppedEarly()).isTrue();
    assertThat(result.steps()).isEqualTo(6);
  }

  @Test
  void divergenceStopsBeforeTheParametersAreSpoilt() {
    OneHotRegression model = new OneHotRegression(VOCABULARY);
    trainer(config(1, 4, 1)).train(model, rows(8), null, folder, f -> {}, false);
    INDArray before = model.weights.value().dup();
    model.poison = Double.NaN;

    assertThatThrownBy(
            () ->
                trainer(config(1, 4, 1))
                    .train(model, rows(8), null, folder.resolve("x"), f -> {}, false))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("step 1")
        .hasMessageContaining("the loss is NaN")
        .hasMessageContaining("no checkpoint had been written yet");

    assertThatTensor(model.weights.value()).hasSameBitsAs(before);
  }

  @Test
  void noRowsIsRefused() {
    OneHotRegression model = new OneHotRegression(VOCABULARY);

    assertThatThrownBy(
            () -> trainer(config(1, 4, 1)).train(model, rows(0), null, folder, f -> {}, false))
        .hasMessageContaining("no rows to train on");
  }

  private Trainer trainer(TrainingConfig config) {
    return trainer(config, () -> false);
  }

  private Trainer trainer(TrainingConfig config, BooleanSupplier interrupted) {
    return new Trainer(kernels, config, 11, List.of(), interrupted);
  }

  private static BooleanSupplier stopAfter(int steps) {
    int[] calls = {0};
    return () -> ++calls[0] >= steps;
  }

  private static TrainingConfig config(int epochs, int batchSize, int accumulation) {
    return new TrainingConfig(
        epochs,
        0,
        batchSize,
        accumulation,
        0.1,
        Schedule.LINEAR,
        0,
        0.1,
        0.01,
        0.9,
        0.999,
        1e-8,
        1.0,
        false,
        0,
        1,
        1,
        true,
        0,
        0,
        Precision.FP32,
        false,
        null);
  }

  private static TrainingConfig withPatience(int patience) {
    return new TrainingConfig(
        5,
        0,
        4,
        1,
        0.1,
        Schedule.CONSTANT,
        0,
        0,
        0,
        0.9,
        0.999,
        1e-8,
        0,
        false,
        0,
        1,
        1,
        true,
        patience,
        0,
        Precision.FP32,
        false,
        null);
  }

  private static LabelledRows rows(int count) {
    List<Encoded> rows = new ArrayList<>();
    float[] labels = new float[count];
    for (int i = 0; i < count; i++) {
      int token = (i * 7 + 3) % VOCABULARY;
      rows.add(new Encoded(new int[] {token, 0}, new int[] {0, 0}));
      labels[i] = token * 0.25f - 0.5f + 0.01f * i;
    }
    return new LabelledRows(rows, labels);
  }

  private static Evaluator scripted(
      OneHotRegression model, List<INDArray> seen, List<Double> values) {
    Iterator<Double> next = values.iterator();
    return new Evaluator() {
      @Override
      public String metric() {
        return "accuracy";
      }

      @Override
      public boolean greaterIsBetter() {
        return true;
      }

      @Override
      public double evaluate() {
        seen.add(model.weights.value().dup());
        return next.next();
      }
    };
  }

  private static double lossOf(String line) {
    String rest = line.substring(line.indexOf("\"loss\":") + 7);
    return Double.parseDouble(rest.substring(0, rest.indexOf(',')));
  }
}
