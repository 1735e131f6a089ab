package dev.orthant.core.nn;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Forward and backward of the whole model against PyTorch in double precision. */
final class SequenceClassifierTest {

  /** States and gradients are about 1; single precision through two layers loses about 1e-6. */
  private static final double TOLERANCE = 2e-5;

  private final WorkerPool pool = new WorkerPool(2);
  private final TinyBert tiny = new TinyBert();
  private final Batch batch = tiny.batch();

  @AfterEach
  void closePool() {
    pool.close();
  }

  private Kernels kernels(boolean portable) {
    return portable ? new PortableKernels() : new CpuKernels(pool);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void hiddenStatesOfTheBaseModel(boolean portable) {
    Transformer encoder = tiny.encoder();

    try (Pass pass = new Pass(kernels(portable), AdapterSet.none())) {
      INDArray hidden = encoder.forward(pass, batch);

      assertThatTensor(hidden)
          .isCloseTo(tiny.golden().tensor("base", "hidden"), TOLERANCE, TOLERANCE);
    }
  }

  @ParameterizedTest
  @CsvSource({"false,mean-pool", "false,cls-pooler", "true,mean-pool", "true,cls-pooler"})
  void lossAndGradientsWithAdaptersEverywhere(boolean portable, String head) {
    SequenceClassifier classifier = tiny.classifier(head);
    AdapterSet adapters = tiny.adapters(module -> true, 0);

    try (Pass pass = new Pass(kernels(portable), adapters)) {
      pass.training(true, 1);
      double loss = classifier.lossAndGradients(pass, batch, tiny.labels(), 1f);

      assertThat(loss).isCloseTo(tiny.golden().at(head, "loss").asDouble(), within(TOLERANCE));
      assertThatTensor(classifier.logits(pass, batch))
          .isCloseTo(tiny.golden().tensor(head, "logits"), TOLERANCE, TOLERANCE);
    }
    adapters.byModule().forEach((module, adapter) -> assertGradients(head, module, adapter, 1));
    for (Parameter p : classifier.head().parameters()) {
      assertThatTensor(p.gradient())
          .isCloseTo(tiny.golden().tensor(head, "head_gradients", p.name()), TOLERANCE, TOLERANCE);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "encoder.layer.0.attention.self.value",
        "encoder.layer.0.attention.output.dense",
        "encoder.layer.0.intermediate.dense",
        "encoder.layer.0.output.dense",
        "encoder.layer.1.attention.self.query",
        "encoder.layer.1.attention.output.dense",
        "encoder.layer.1.intermediate.dense",
        "encoder.layer.1.output.dense"
      })
  void nothingBelowTheLowestTrainedAdapterIsNeeded(String lowest) {
    // The golden has adapters everywhere: those below the lowest are there, but fixed.
    SequenceClassifier classifier = tiny.classifier(MeanPoolHead.NAME);
    AdapterSet trained = tiny.adapters(module -> true, 0);
    List<String> modules = new ArrayList<>(trained.byModule().keySet());
    Map<String, Adapter> mixed = new LinkedHashMap<>();
    for (String module : modules) {
      Adapter adapter = trained.byModule().get(module);
      boolean fixed = modules.indexOf(module) < modules.indexOf(lowest);
      mixed.put(module, fixed ? new DeltaAdapter(adapter.delta()) : adapter);
    }

    try (Pass pass = new Pass(new CpuKernels(pool), new AdapterSet(mixed))) {
      pass.training(true, 1);
      classifier.lossAndGradients(pass, batch, tiny.labels(), 0.5f);
    }

    for (String module : modules.subList(modules.indexOf(lowest), modules.size())) {
      assertGradients(MeanPoolHead.NAME, module, trained.byModule().get(module), 0.5);
    }
  }

  private void assertGradients(String head, String module, Adapter adapter, double scale) {
    INDArray da = adapter.parameters().get(0).gradient();
    INDArray db = adapter.parameters().get(1).gradient();
    assertThatTensor(da)
        .as("%s a", module)
        .isCloseTo(
            tiny.golden().tensor(head, "gradients", module, "a").mul(scale), TOLERANCE, TOLERANCE);
    assertThatTensor(db)
        .as("%s b", module)
        .isCloseTo(
            tiny.golden().tensor(head, "gradients", module, "b").mul(scale), TOLERANCE, TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void fixedDeltasGiveWhatTheAdaptersGive(boolean dense) {
    Transformer encoder = tiny.encoder();
    Map<String, Delta> deltas = new LinkedHashMap<>();
    tiny.adapters(module -> true, 0)
        .byModule()
        .forEach(
            (module, adapter) ->
                deltas.put(
                    module, dense ? new DenseDelta(adapter.delta().dense()) : adapter.delta()));

    try (Pass pass = new Pass(new CpuKernels(pool), DeltaAdapter.adapters(deltas))) {
      INDArray hidden = encoder.forward(pass, batch);

      assertThatTensor(hidden)
          .isCloseTo(tiny.golden().tensor(MeanPoolHead.NAME, "hidden"), TOLERANCE, TOLERANCE);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gradientsAddUpOverBatches(boolean portable) {
    SequenceClassifier classifier = tiny.classifier(MeanPoolHead.NAME);
    AdapterSet adapters = tiny.adapters(module -> module.endsWith("query"), 0);

    try (Pass pass = new Pass(kernels(portable), adapters)) {
      pass.training(true, 1);
      classifier.lossAndGradients(pass, batch, tiny.labels(), 1f);
      List<INDArray> once = adapters.parameters().stream().map(p -> p.gradient().dup('c')).toList();
      classifier.lossAndGradients(pass, batch, tiny.labels(), 2f);

      for (int i = 0; i < once.size(); i++) {
        assertThatTensor(adapters.parameters().get(i).gradient())
            .isCloseTo(once.get(i).mul(3), TOLERANCE, TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void checkpointingGivesTheSameGradientsInLessMemory(boolean portable) {
    SequenceClassifier classifier = tiny.classifier(MeanPoolHead.NAME);
    AdapterSet kept = tiny.adapters(module -> true, 0.1);
    AdapterSet computedAgain = tiny.adapters(module -> true, 0.1);

    try (Pass pass = new Pass(kernels(portable), kept);
        Pass checkpointing = new Pass(kernels(portable), computedAgain)) {
      pass.training(true, 1);
      checkpointing.training(true, 1);
      checkpointing.checkpointing(true);
      double loss = classifier.lossAndGradients(pass, batch, tiny.labels(), 1f);
      double same = classifier.lossAndGradients(checkpointing, batch, tiny.labels(), 1f);

      assertThat(same).isEqualTo(loss);
      for (int i = 0; i < kept.parameters().size(); i++) {
        assertThat(computedAgain.parameters().get(i).gradient())
            .isEqualTo(kept.parameters().get(i).gradient());
      }
      assertThat(checkpointing.bytes()).isLessThan(pass.bytes());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withoutAdaptersTheHeadAloneIsTrained(boolean portable) {
    SequenceClassifier classifier = tiny.classifier(MeanPoolHead.NAME);
    Parameter weight = classifier.head().parameters().get(0);
    double step = 1e-2;

    try (Pass pass = new Pass(kernels(portable), AdapterSet.none())) {
      pass.training(true, 1);
      classifier.lossAndGradients(pass, batch, tiny.labels(), 1f);
      double gradient = weight.gradient().getDouble(1, 3);
      double start = weight.value().getDouble(1, 3);
      weight.value().putScalar(1, 3, start + step);
      double above = classifier.lossAndGradients(pass, batch, tiny.labels(), 1f);
      weight.value().putScalar(1, 3, start - step);
      double below = classifier.lossAndGradients(pass, batch, tiny.labels(), 1f);

      // the loss is good to about 1e-7 in single precision, over a step of 2e-2
      assertThat(gradient).isCloseTo((above - below) / (2 * step), within(1e-4));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void dropoutOfAdaptersIsTheSameInForwardAndBackward(boolean portable) {
    SequenceClassifier classifier = tiny.classifier(MeanPoolHead.NAME);
    AdapterSet adapters = tiny.adapters(module -> module.contains("layer.0"), 0.4);
    Parameter a = adapters.parameters().get(0);
    double step = 1e-2;

    try (Pass pass = new Pass(kernels(portable), adapters)) {
      pass.training(true, 99);
      classifier.lossAndGradients(pass, batch, tiny.labels(), 1f);
      double gradient = a.gradient().getDouble(2, 5);
      double start = a.value().getDouble(2, 5);
      a.value().putScalar(2, 5, start + step);
      double above = classifier.lossAndGradients(pass, batch, tiny.labels(), 1f);
      a.value().putScalar(2, 5, start - step);
      double below = classifier.lossAndGradients(pass, batch, tiny.labels(), 1f);

      // the loss is good to about 1e-7 in single precision, and its third derivative is small
      assertThat(gradient).isCloseTo((above - below) / (2 * step), within(1e-4));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void passesShareAModelOnSeveralThreads(int threads) throws InterruptedException {
    SequenceClassifier classifier = tiny.classifier(MeanPoolHead.NAME);
    AdapterSet adapters = tiny.adapters(module -> true, 0);
    Kernels kernels = new CpuKernels(pool);
    INDArray expected = tiny.golden().tensor(MeanPoolHead.NAME, "logits");
    List<INDArray> results = java.util.Collections.synchronizedList(new ArrayList<>());
    List<Thread> running = new ArrayList<>();

    for (int t = 0; t < threads; t++) {
      running.add(
          new Thread(
              () -> {
                try (Pass pass = new Pass(kernels, adapters)) {
                  for (int i = 0; i < 20; i++) {
                    results.add(classifier.logits(pass, batch).dup('c'));
                  }
                }
              }));
    }
    running.forEach(Thread::start);
    for (Thread thread : running) {
      thread.join();
    }

    assertThat(results).hasSize(20 * threads);
    results.forEach(
        logits -> {
          assertThatTensor(logits).isCloseTo(expected, TOLERANCE, TOLERANCE);
          assertThatTensor(logits).hasSameBitsAs(results.get(0));
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSequenceDoesNotDependOnItsBatch(boolean portable) {
    SequenceClassifier classifier = tiny.classifier(MeanPoolHead.NAME);
    List<Encoded> parts = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      parts.add(part(i));
    }

    try (Pass pass = new Pass(kernels(portable), AdapterSet.none())) {
      INDArray together = classifier.logits(pass, batch).dup('c');

      for (int i = 0; i < parts.size(); i++) {
        INDArray alone = classifier.logits(pass, Batch.of(parts.subList(i, i + 1)));
        assertThatTensor(alone).isCloseTo(together.getRow(i, true).dup('c'), TOLERANCE, TOLERANCE);
      }
    }
  }

  private Encoded part(int i) {
    int from = batch.offsets()[i];
    int to = batch.offsets()[i + 1];
    return new Encoded(
        java.util.Arrays.copyOfRange(batch.tokenIds(), from, to),
        java.util.Arrays.copyOfRange(batch.typeIds(), from, to));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRegressionMinimisesTheSquaredError(boolean portable) {
    Transformer encoder = tiny.encoder();
    INDArray bias = Nd4j.createFromArray(0.5f);
    Head head = new MeanPoolHead(Nd4j.zeros(DataType.FLOAT, 1, 8), bias);
    SequenceClassifier classifier = new SequenceClassifier(encoder, head);

    try (Pass pass = new Pass(kernels(portable), AdapterSet.none())) {
      pass.training(true, 1);
      // predictions are the bias: ((0.5 - 1)^2 + (0.5 - 0)^2 + (0.5 - 2)^2) / 3 = 2.75 / 3
      double loss = classifier.lossAndGradients(pass, batch, new float[] {1, 0, 2}, 1f);

      assertThat(loss).isCloseTo(2.75 / 3, within(1e-6));
      // 2 (-0.5 + 0.5 - 1.5) / 3
      assertThat(head.parameters().get(1).gradient().getDouble(0)).isCloseTo(-1, within(1e-6));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theListenerSeesTheInputOfEveryLinearLayer(boolean portable) {
    Transformer encoder = tiny.encoder();
    Map<String, long[]> shapes = new LinkedHashMap<>();

    try (Pass pass = new Pass(kernels(portable), AdapterSet.none())) {
      pass.listener((module, x) -> shapes.put(module, x.shape()));
      encoder.forward(pass, batch);
    }

    assertThat(shapes.keySet())
        .containsExactlyElementsOf(encoder.sites().stream().map(s -> s.module()).toList());
    encoder.sites().forEach(s -> assertThat(shapes.get(s.module())).containsExactly(13, s.dIn()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void misuseIsNamed(boolean portable) {
    SequenceClassifier classifier = tiny.classifier(MeanPoolHead.NAME);
    AdapterSet elsewhere =
        new AdapterSet(
            Map.of("nowhere", tiny.adapters(m -> true, 0).byModule().values().iterator().next()));

    try (Pass pass = new Pass(kernels(portable), AdapterSet.none());
        Pass wrong = new Pass(kernels(portable), elsewhere)) {
      assertThatThrownBy(() -> classifier.lossAndGradients(pass, batch, tiny.labels(), 1f))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("gradients need a pass in training mode");
      assertThatThrownBy(() -> classifier.logits(wrong, batch))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the model has no linear layer 'nowhere'; its first is"
                  + " 'encoder.layer.0.attention.self.query'");
    }
  }
}
