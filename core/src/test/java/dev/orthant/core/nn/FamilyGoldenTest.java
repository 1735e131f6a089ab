package dev.orthant.core.nn;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.kernel.Precision;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Every family against its definition written out in PyTorch: hidden states, scores of tokens,
 * outputs of the head, and the gradients of adapters on all linear layers.
 */
final class FamilyGoldenTest {

  /** Two layers in single precision against double precision. */
  private static final double TOLERANCE = 2e-5;

  private final WorkerPool pool = new WorkerPool(1); // threads change no bit
  private final CpuKernels cpu = new CpuKernels(pool);

  @TempDir Path folder;

  @AfterEach
  void closePool() {
    pool.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bert_mlm", "roberta", "gpt2", "llama2", "llama3", "mistral", "qwen2", "qwen3"})
  void classifiersAndTheirGradients(String name) throws IOException {
    TinyModel tiny = new TinyModel(name);
    Transformer model = load(tiny);
    for (Kernels kernels : List.of(cpu, new PortableKernels())) {
      for (boolean checkpointing : new boolean[] {false, true}) {
        AdapterSet adapters = tiny.adapters();
        Head head = model.heads().of(tiny.golden().at("head_name").asText(), tiny.tensors("head"));
        SequenceClassifier classifier = new SequenceClassifier(model, head);
        try (Pass pass = new Pass(kernels, adapters)) {
          assertThatTensor(model.forward(pass, tiny.batch()))
              .isCloseTo(tiny.golden().tensor("classes", "hidden"), TOLERANCE, TOLERANCE);
          assertThatTensor(classifier.logits(pass, tiny.batch()))
              .isCloseTo(tiny.golden().tensor("classes", "outputs"), TOLERANCE, TOLERANCE);
          pass.training(true, 1);
          pass.checkpointing(checkpointing);

          double loss = classifier.lossAndGradients(pass, tiny.batch(), tiny.numbers("labels"), 1f);

          assertThat(loss)
              .isCloseTo(tiny.golden().at("classes", "loss").asDouble(), within(TOLERANCE));
          assertGradients(tiny, "classes", adapters);
          for (Parameter p : head.parameters()) {
            assertThatTensor(p.gradient())
                .isCloseTo(
                    tiny.golden().tensor("classes", "head_gradients", p.name()),
                    TOLERANCE,
                    TOLERANCE);
          }
        }
      }
    }
    model.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bert_mlm", "roberta", "gpt2", "llama2", "llama3", "mistral", "qwen2", "qwen3"})
  void scoresOfTokensAndTheirGradients(String name) throws IOException {
    TinyModel tiny = new TinyModel(name);
    Transformer model = load(tiny);
    TokenOutput output = model.output().orElseThrow();
    for (Kernels kernels : List.of(cpu, new PortableKernels())) {
      AdapterSet adapters = tiny.adapters();
      try (Pass pass = new Pass(kernels, adapters)) {
        pass.training(true, 1);

        INDArray hidden = model.forward(pass, tiny.batch());
        INDArray scores = output.forward(pass, hidden);
        assertThatTensor(scores)
            .isCloseTo(tiny.golden().tensor("tokens", "outputs"), 2 * TOLERANCE, TOLERANCE);
        INDArray dScores = scores.like();
        kernels.crossEntropy(scores, tiny.numbers("next_tokens"), 1f, dScores);
        INDArray dHidden = hidden.like();
        output.backward(pass, hidden, dScores, dHidden);
        model.backward(pass, tiny.batch(), dHidden);

        assertGradients(tiny, "tokens", adapters);
      }
    }
    model.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"roberta", "gpt2", "llama3", "qwen3"})
  void nothingIsComputedBelowTheLowestAdapterAndNothingIsMissed(String name) throws IOException {
    TinyModel tiny = new TinyModel(name);
    Transformer model = load(tiny);
    for (String module : tiny.modules()) {
      Map<String, Adapter> all = new LinkedHashMap<>();
      for (Site site : model.sites()) {
        if (site.module().equals(module)) {
          all.put(module, tiny.adapters().of(module));
        } else { // adds nothing, but is trained
          all.put(
              site.module(), new FactorAdapter(zeros(2, site.dIn()), zeros(site.dOut(), 2), 1, 0));
        }
      }
      AdapterSet alone = new AdapterSet(Map.of(module, tiny.adapters().of(module)));

      train(tiny, model, new AdapterSet(all));
      train(tiny, model, alone);

      List<Parameter> expected = all.get(module).parameters();
      List<Parameter> actual = alone.byModule().get(module).parameters();
      for (int i = 0; i < actual.size(); i++) {
        assertThatTensor(actual.get(i).gradient())
            .isCloseTo(expected.get(i).gradient(), 1e-6, 1e-6);
      }
    }
    model.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama3", "mistral", "qwen3"})
  void tokensGivenOneByOneSeeTheSame(String name) throws IOException {
    TinyModel tiny = new TinyModel(name);
    Transformer model = load(tiny);
    int[][] ids = {{3, 17, 5, 9, 2, 6}, {7, 4, 19, 0, 6, 13}};
    try (Pass whole = new Pass(cpu, tiny.adapters());
        Pass bits = new Pass(cpu, tiny.adapters())) {
      INDArray expected = model.forward(whole, batch(ids, 0, 6));

      bits.cache(new KeyValueCache(2));
      INDArray first = model.forward(bits, batch(ids, 0, 3)).dup('c');
      INDArray fourth = model.forward(bits, batch(ids, 3, 4)).dup('c');
      bits.cache(bits.cache().select(1, 0));
      INDArray last = model.forward(bits, batch(new int[][] {ids[1], ids[0]}, 4, 6));

      assertThatTensor(first.getRow(2)).isCloseTo(expected.getRow(2), TOLERANCE, TOLERANCE);
      assertThatTensor(fourth.getRow(1)).isCloseTo(expected.getRow(9), TOLERANCE, TOLERANCE);
      assertThatTensor(last.getRow(1)).isCloseTo(expected.getRow(11), TOLERANCE, TOLERANCE);
      assertThatTensor(last.getRow(3)).isCloseTo(expected.getRow(5), TOLERANCE, TOLERANCE);
    }
    model.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"roberta", "gpt2", "llama3", "qwen3"})
  void everySiteIsHeardOnceAndInOrder(String name) throws IOException {
    TinyModel tiny = new TinyModel(name);
    Transformer model = load(tiny);
    List<String> heard = new ArrayList<>();
    try (Pass pass = new Pass(cpu, AdapterSet.none())) {
      pass.listener(
          (module, x) -> {
            heard.add(module);
            assertThat(x.size(0)).isEqualTo(tiny.batch().tokens());
          });
      model.forward(pass, tiny.batch());
    }

    assertThat(heard)
        .isEqualTo(model.sites().stream().map(Site::module).toList())
        .isEqualTo(tiny.modules());
    model.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"roberta", "gpt2", "llama3", "qwen2"})
  void prefixesAndHalfPrecisionAreRead(String name) throws IOException {
    TinyModel tiny = new TinyModel(name);
    Map<String, INDArray> renamed = new LinkedHashMap<>();
    Transformer model = load(tiny);
    String prefix = model.prefix();
    tiny.weights()
        .forEach(
            (key, tensor) -> {
              boolean beside = key.startsWith("lm_head.");
              boolean has = key.startsWith(prefix);
              String other = has ? key.substring(prefix.length()) : prefix + key;
              renamed.put(beside ? key : other, tensor);
            });
    Path halves = folder.resolve("halves");
    tiny.write(halves, renamed, Dtype.BF16); // multiples of 1/64 below 4 are exact
    Transformer other = TinyModel.load(halves);

    try (Pass one = new Pass(cpu, AdapterSet.none());
        Pass two = new Pass(cpu, AdapterSet.none())) {
      assertThatTensor(other.forward(one, tiny.batch()))
          .hasSameBitsAs(model.forward(two, tiny.batch()));
    }
    assertThat(other.sites().get(0).module())
        .isNotEqualTo(model.sites().get(0).module())
        .isIn(
            prefix + model.sites().get(0).module(),
            model.sites().get(0).module().substring(prefix.length()));
    model.close();
    other.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"roberta", "gpt2", "llama3"})
  void weightsInHalfTheMemoryGiveTheSame(String name) throws IOException {
    TinyModel tiny = new TinyModel(name);
    load(tiny).close();
    // multiples of 1/64 below 4 are exact in bfloat16
    Transformer model = TinyModel.load(folder.resolve("model"), new LoadSettings(Precision.BF16));
    AdapterSet adapters = tiny.adapters();

    train(tiny, model, adapters);

    assertGradients(tiny, "classes", adapters);
    String module = tiny.modules().get(0);
    Adapter adapter = adapters.of(module);
    try (Pass beside = new Pass(cpu, new AdapterSet(Map.of(module, adapter)));
        Pass within = new Pass(cpu, AdapterSet.none());
        Transformer sum = model.plus(Map.of(module, adapter.delta()))) {
      assertThatTensor(sum.forward(within, tiny.batch()))
          .isCloseTo(model.forward(beside, tiny.batch()), TOLERANCE, TOLERANCE);
    }
    model.close();
  }

  private Transformer load(TinyModel tiny) throws IOException {
    Path path = folder.resolve("model");
    tiny.write(path, tiny.weights(), Dtype.F32);
    return TinyModel.load(path);
  }

  private void train(TinyModel tiny, Transformer model, AdapterSet adapters) {
    Head head = model.heads().of(tiny.golden().at("head_name").asText(), tiny.tensors("head"));
    try (Pass pass = new Pass(cpu, adapters)) {
      pass.training(true, 1);
      new SequenceClassifier(model, head)
          .lossAndGradients(pass, tiny.batch(), tiny.numbers("labels"), 1f);
    }
  }

  private static void assertGradients(TinyModel tiny, String run, AdapterSet adapters) {
    adapters
        .byModule()
        .forEach(
            (module, adapter) -> {
              for (Parameter p : adapter.parameters()) {
                String name = p.name().endsWith("A") || p.name().equals("a") ? "a" : "b";
                assertThatTensor(p.gradient())
                    .as("%s of %s", name, module)
                    .isCloseTo(
                        tiny.golden().tensor(run, "gradients", module, name), TOLERANCE, TOLERANCE);
              }
            });
  }

  private static Batch batch(int[][] ids, int from, int to) {
    List<Encoded> sequences = new ArrayList<>();
    for (int[] sequence : ids) {
      sequences.add(new Encoded(Arrays.copyOfRange(sequence, from, to), new int[to - from]));
    }
    return Batch.of(sequences);
  }

  private static INDArray zeros(int... shape) {
    return Nd4j.zeros(DataType.FLOAT, shape[0], shape[1]);
  }
}
