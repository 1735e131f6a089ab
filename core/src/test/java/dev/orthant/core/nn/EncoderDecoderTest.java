package dev.orthant.core.nn;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.family.T5Architecture;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.kernel.Precision;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Forward and backward of T5 against PyTorch in double precision. */
final class EncoderDecoderTest {

  /** States and gradients are about 1 to 10; single precision through four layers loses 1e-6. */
  private static final double TOLERANCE = 5e-5;

  private final WorkerPool pool = new WorkerPool(2);

  @AfterEach
  void closePool() {
    pool.close();
  }

  private Kernels kernels(boolean portable) {
    return portable ? new PortableKernels() : new CpuKernels(pool);
  }

  @ParameterizedTest
  @CsvSource({"original,false", "original,true", "gated,false", "gated,true"})
  void statesScoresAndGradientsWithAdaptersEverywhere(String name, boolean portable) {
    TinyT5 tiny = new TinyT5(name);
    NextTokenModel model = new NextTokenModel(tiny.model());
    AdapterSet adapters = tiny.adapters(module -> true);

    try (Pass pass = new Pass(kernels(portable), adapters)) {
      INDArray hidden = model.transformer().forward(pass, tiny.batch());
      assertThatTensor(hidden).isCloseTo(tiny.tensor("hidden"), TOLERANCE, TOLERANCE);
      INDArray scores = model.transformer().output().orElseThrow().forward(pass, hidden);
      assertThatTensor(scores).isCloseTo(tiny.tensor("logits"), TOLERANCE, TOLERANCE);
      pass.training(true, 1);
      double loss = model.lossAndGradients(pass, tiny.batch(), tiny.labels(), 1f);
      assertThat(loss).isCloseTo(tiny.at("loss").asDouble(), within(TOLERANCE));
    }

    adapters.byModule().forEach((module, adapter) -> assertGradients(tiny, module, adapter));
  }

  @ParameterizedTest
  @ValueSource(strings = {"original", "gated"})
  void scoresOfAFewRowsAtATimeGiveTheSame(String name) {
    TinyT5 tiny = new TinyT5(name);
    NextTokenModel model = new NextTokenModel(tiny.model(), 3 * 22 + 1); // of 22 tokens each
    AdapterSet adapters = tiny.adapters(module -> true);

    try (Pass pass = new Pass(kernels(false), adapters)) {
      pass.training(true, 1);
      double loss = model.lossAndGradients(pass, tiny.batch(), tiny.labels(), 1f);
      assertThat(loss).isCloseTo(tiny.at("loss").asDouble(), within(TOLERANCE));
      double[] logs = model.logProbabilities(pass, tiny.batch(), tiny.labels());
      assertThat(-Arrays.stream(logs).sum() / 16) // of 17 labels one does not count
          .isCloseTo(loss, within(TOLERANCE));
    }

    adapters.byModule().forEach((module, adapter) -> assertGradients(tiny, module, adapter));
  }

  @ParameterizedTest
  @ValueSource(strings = {"original", "gated"})
  void checkpointingGivesTheSameBits(String name) {
    TinyT5 tiny = new TinyT5(name);
    NextTokenModel model = new NextTokenModel(tiny.model());
    AdapterSet kept = tiny.adapters(module -> true);
    AdapterSet computedAgain = tiny.adapters(module -> true);

    for (AdapterSet adapters : List.of(kept, computedAgain)) {
      try (Pass pass = new Pass(kernels(false), adapters)) {
        pass.checkpointing(adapters == computedAgain);
        pass.training(true, 1);
        model.lossAndGradients(pass, tiny.batch(), tiny.labels(), 1f);
      }
    }

    for (int i = 0; i < kept.parameters().size(); i++) {
      assertThat(computedAgain.parameters().get(i).gradient())
          .isEqualTo(kept.parameters().get(i).gradient());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "encoder.block.1.layer.0.SelfAttention.k",
        "encoder.block.1.layer.0.SelfAttention.o",
        "encoder.block.1.layer.1.DenseReluDense.wo",
        "decoder.block.0.layer.1.EncDecAttention.k",
        "decoder.block.0.layer.0.SelfAttention.v",
        "decoder.block.0.layer.0.SelfAttention.o",
        "decoder.block.0.layer.1.EncDecAttention.q",
        "decoder.block.0.layer.1.EncDecAttention.o",
        "decoder.block.1.layer.0.SelfAttention.q",
        "decoder.block.1.layer.2.DenseReluDense.wi",
        "decoder.block.1.layer.2.DenseReluDense.wo"
      })
  void nothingBelowTheLowestTrainedAdapterIsNeeded(String lowest) {
    TinyT5 tiny = new TinyT5("original");
    NextTokenModel model = new NextTokenModel(tiny.model());
    List<String> order = model.transformer().sites().stream().map(Site::module).toList();
    AdapterSet trained = tiny.adapters(module -> true);
    Map<String, Adapter> mixed = new LinkedHashMap<>();
    for (String module : order) {
      Adapter adapter = trained.of(module);
      boolean fixed = order.indexOf(module) < order.indexOf(lowest);
      mixed.put(module, fixed ? new DeltaAdapter(adapter.delta()) : adapter);
    }

    try (Pass pass = new Pass(kernels(false), new AdapterSet(mixed))) {
      pass.training(true, 1);
      model.lossAndGradients(pass, tiny.batch(), tiny.labels(), 1f);
    }

    for (String module : order.subList(order.indexOf(lowest), order.size())) {
      assertGradients(tiny, module, trained.of(module));
    }
  }

  private static void assertGradients(TinyT5 tiny, String module, Adapter adapter) {
    assertThatTensor(adapter.parameters().get(0).gradient())
        .as("%s a", module)
        .isCloseTo(tiny.tensor("gradients", module, "a"), TOLERANCE, TOLERANCE);
    assertThatTensor(adapter.parameters().get(1).gradient())
        .as("%s b", module)
        .isCloseTo(tiny.tensor("gradients", module, "b"), TOLERANCE, TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"original", "gated"})
  void withoutTargetsTheDecoderReadsTheSourceBehindTheStartToken(String name) {
    TinyT5 tiny = new TinyT5(name);
    Batch batch = tiny.batch();
    Batch sources = new Batch(batch.tokenIds(), batch.typeIds(), batch.offsets());

    try (Pass pass = new Pass(kernels(false), tiny.adapters(module -> true))) {
      INDArray hidden = tiny.model().forward(pass, sources);

      assertThatTensor(hidden).isCloseTo(tiny.tensor("classified"), TOLERANCE, TOLERANCE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"original", "gated"})
  void sumsGiveWhatTheAdaptersGive(String name) {
    TinyT5 tiny = new TinyT5(name);
    Map<String, Delta> deltas = new LinkedHashMap<>();
    tiny.adapters(module -> true)
        .byModule()
        .forEach((module, adapter) -> deltas.put(module, adapter.delta()));

    try (Transformer base = tiny.model();
        Transformer sum = base.plus(deltas);
        Pass pass = new Pass(kernels(false), AdapterSet.none())) {
      INDArray hidden = sum.forward(pass, tiny.batch());

      assertThatTensor(hidden).isCloseTo(tiny.tensor("hidden"), TOLERANCE, TOLERANCE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"original", "gated"})
  void targetsReadTokenByTokenGiveWhatTheyGiveAtOnce(String name) {
    TinyT5 tiny = new TinyT5(name);
    Transformer model = tiny.model();
    Batch batch = tiny.batch();
    int[] source = sequence(batch, 0);
    int[] target = sequence(batch.decoded(), 0);

    List<float[]> stepwise = new ArrayList<>();
    try (Pass pass = new Pass(kernels(false), tiny.adapters(module -> true))) {
      pass.cache(new KeyValueCache(1));
      Batch next = batchOf(source).withTarget(batchOf(target[0]));
      for (int t = 0; t < target.length; t++) {
        stepwise.add(model.forward(pass, next).dup('c').data().asFloat());
        next = t + 1 < target.length ? batchOf(target[t + 1]) : next;
      }
    }

    INDArray whole = tiny.tensor("hidden");
    for (int t = 0; t < target.length; t++) {
      assertThatTensor(Nd4j.createFromArray(stepwise.get(t)))
          .as("token %d", t)
          .isCloseTo(whole.getRow(t).dup('c'), TOLERANCE, TOLERANCE);
    }
  }

  private static int[] sequence(Batch batch, int index) {
    return Arrays.copyOfRange(batch.tokenIds(), batch.offsets()[index], batch.offsets()[index + 1]);
  }

  private static Batch batchOf(int... tokens) {
    return Batch.of(List.of(Encoded.of(tokens)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"original", "gated"})
  void weightsThatBf16HasExactlyGiveTheSameStatesAndScores(String name) {
    TinyT5 tiny = new TinyT5(name);
    Map<String, INDArray> rounded = new LinkedHashMap<>();
    tiny.weights().forEach((tensor, values) -> rounded.put(tensor, truncated(values)));
    T5Architecture family = new T5Architecture();
    List<float[]> scores = new ArrayList<>();

    for (Precision precision : List.of(Precision.FP32, Precision.BF16)) {
      Map<String, INDArray> weights = new LinkedHashMap<>();
      rounded.forEach((tensor, values) -> weights.put(tensor, values.dup('c')));
      try (Transformer model =
              family.load(tiny.at("config"), new MapTensors(weights), new LoadSettings(precision));
          Pass pass = new Pass(kernels(false), tiny.adapters(module -> true))) {
        INDArray hidden = model.forward(pass, tiny.batch());
        INDArray all = model.output().orElseThrow().forward(pass, hidden);
        scores.add(all.dup('c').data().asFloat());
      }
    }

    assertThatTensor(Nd4j.createFromArray(scores.get(1)))
        .isCloseTo(Nd4j.createFromArray(scores.get(0)), TOLERANCE, TOLERANCE);
  }

  /** The first sixteen bits of each value. */
  private static INDArray truncated(INDArray values) {
    float[] floats = values.dup('c').data().asFloat();
    for (int i = 0; i < floats.length; i++) {
      floats[i] = Float.intBitsToFloat(Float.floatToIntBits(floats[i]) & 0xFFFF0000);
    }
    return Nd4j.createFromArray(floats).reshape('c', values.shape());
  }

  @Test
  void missingAndMisshapenTensorsAreAllNamed() {
    TinyT5 tiny = new TinyT5("gated");
    Map<String, INDArray> weights = tiny.weights();
    weights.remove("decoder.block.1.layer.1.EncDecAttention.k.weight");
    weights.put("shared.weight", Nd4j.zeros(3, 8));

    assertThatThrownBy(
            () ->
                new T5Architecture()
                    .load(tiny.at("config"), new MapTensors(weights), LoadSettings.defaults()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "'decoder.block.1.layer.1.EncDecAttention.k.weight' [6, 8] is missing")
        .hasMessageContaining("'shared.weight' has shape [3, 8], expected [22, 8]");
  }
}
