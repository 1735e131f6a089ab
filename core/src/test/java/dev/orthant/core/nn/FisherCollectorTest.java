package dev.orthant.core.nn;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.SafetensorsWriter;
import dev.orthant.core.features.FisherCollector;
import dev.orthant.core.features.FisherFile;
import dev.orthant.core.features.FisherInformation;
import dev.orthant.core.features.FisherInformation.Kind;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.Site;
import dev.orthant.core.testing.Golden;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Squared gradients against PyTorch's automatic ones, example by example and class by class. */
final class FisherCollectorTest {

  /** Gradients are about 1 and squared; single precision through two layers loses about 1e-6. */
  private static final double TOLERANCE = 2e-5;

  private static final FisherInformation.Source SOURCE =
      new FisherInformation.Source("base", "tokenizer");

  private final WorkerPool pool = new WorkerPool(2);
  private final TinyBert tiny = new TinyBert();
  private final Golden golden =
      Golden.load(FisherCollectorTest.class, "/reference/bert/data_driven.json");

  @TempDir private Path folder = Path.of("");

  @AfterEach
  void closePool() {
    pool.close();
  }

  @ParameterizedTest
  @CsvSource({"EXACT,false", "EXACT,true", "BATCH_SUM,false", "BATCH_SUM,true"})
  void equalsPyTorch(Kind kind, boolean portable) {
    FisherInformation information =
        collect(kind, head(3), portable ? new PortableKernels() : new CpuKernels(pool), false);

    assertEqual(information, kind.word());
    assertThat(information.examples()).isEqualTo(3);
    assertThat(information.batchSize()).isEqualTo(kind == Kind.EXACT ? 1 : 3);
  }

  @Test
  void aRegressionHasTheSquaredGradientOfItsOutput() {
    assertEqual(collect(Kind.EXACT, head(1), new CpuKernels(pool), false), "regression");
  }

  @Test
  void exactInformationDoesNotDependOnBatches() {
    assertEqual(collect(Kind.EXACT, head(3), new CpuKernels(pool), true), "exact");
  }

  @Test
  void theBatchSumOfARegressionIsRefused() {
    assertThatThrownBy(() -> collect(Kind.BATCH_SUM, head(1), new CpuKernels(pool), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("take exact information");
  }

  @ParameterizedTest
  @ValueSource(strings = {"EXACT", "BATCH_SUM"})
  void aFileGivesTheSameBack(Kind kind) {
    FisherInformation information = collect(kind, head(3), new CpuKernels(pool), false);
    Path file = folder.resolve(FisherFile.name(kind));

    FisherFile.write(file, information);
    FisherInformation read = FisherFile.read(file);

    assertThat(read.task()).isEqualTo("t");
    assertThat(read.kind()).isEqualTo(kind);
    assertThat(read.source()).isEqualTo(SOURCE);
    assertThat(read.examples()).isEqualTo(3);
    assertThat(read.batchSize()).isEqualTo(information.batchSize());
    information
        .modules()
        .forEach(
            (module, values) -> assertThatTensor(read.modules().get(module)).hasSameBitsAs(values));
  }

  @Test
  void negativeSquaresAndOtherFilesAreRefused() {
    Path negative = folder.resolve("negative.safetensors");
    INDArray values = Nd4j.createFromArray(new float[][] {{1, -2}});
    FisherFile.write(
        negative, new FisherInformation("t", SOURCE, Kind.EXACT, 1, 1, Map.of("m", values)));
    Path other = folder.resolve("other.safetensors");
    new SafetensorsWriter().add("m.weight", values).write(other);

    assertThatThrownBy(() -> FisherFile.read(negative))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("negative.safetensors")
        .hasMessageContaining("tensor 'm.weight' must have finite squares, the least is -2.0");
    assertThatThrownBy(() -> FisherFile.read(other))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("metadata 'format', it is missing");
  }

  private FisherInformation collect(Kind kind, Head head, Kernels kernels, boolean oneByOne) {
    Map<String, Delta> deltas = new LinkedHashMap<>();
    tiny.adapters(module -> true, 0).byModule().forEach((m, a) -> deltas.put(m, a.delta()));
    try (Transformer encoder = tiny.encoder().plus(deltas);
        FisherCollector collector =
            new FisherCollector(
                new SequenceClassifier(encoder, head), kind, modules(encoder), kernels)) {
      for (Batch batch : oneByOne ? alone(tiny.batch()) : List.of(tiny.batch())) {
        collector.add(batch);
      }
      return collector.information("t", SOURCE);
    }
  }

  private void assertEqual(FisherInformation information, String kind) {
    assertThat(information.modules()).hasSize(12);
    information
        .modules()
        .forEach(
            (module, values) ->
                assertThatTensor(values)
                    .as(module)
                    .isCloseTo(golden.tensor("fisher", kind, module), TOLERANCE, TOLERANCE));
  }

  private Head head(int outputs) {
    INDArray weight = tiny.golden().tensor("head", "weight");
    INDArray bias = tiny.golden().tensor("head", "bias");
    return outputs == 3
        ? new MeanPoolHead(weight, bias)
        : new MeanPoolHead(
            weight.getRow(0).dup('c').reshape('c', 1, 8), Nd4j.createFromArray(bias.getFloat(0)));
  }

  private static List<String> modules(Transformer encoder) {
    return encoder.sites().stream().map(Site::module).toList();
  }

  private static List<Batch> alone(Batch batch) {
    List<Batch> batches = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      int from = batch.offsets()[i];
      int to = batch.offsets()[i + 1];
      batches.add(
          Batch.of(
              List.of(
                  new Encoded(
                      Arrays.copyOfRange(batch.tokenIds(), from, to),
                      Arrays.copyOfRange(batch.typeIds(), from, to)))));
    }
    return batches;
  }
}
