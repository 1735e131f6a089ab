package dev.orthant.core.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.inject.Guice;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.ModelImport;
import dev.orthant.core.family.Architectures;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.ClsPoolerHead;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.MeanPoolHead;
import dev.orthant.core.nn.PairPoolHead;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.testing.TinyModelFolder;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import dev.orthant.core.text.Tokenizer;
import dev.orthant.core.wiring.OrthantModule;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What is exported, against ONNX Runtime on it. */
final class ModelExportTest {

  /** Two single-precision programs; states are about 1, and logits up to 10. */
  private static final double TOLERANCE = 1e-4;

  private static final String QUERY = "encoder.layer.1.attention.self.query";
  private static final List<String> LABELS = List.of("kind", "rude", "dull");

  @TempDir static Path folder;
  @TempDir Path out;

  @BeforeAll
  static void write() {
    TinyModelFolder.writeWithPooler(folder.resolve("pooler"), 1);
    TinyModelFolder.write(folder.resolve("plain"), 2);
  }

  @Test
  void onnxRuntimeGivesTheAdaptedModelsStatesOnPaddedBatches() throws Exception {
    assertStates(folder.resolve("plain"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gelu_new", "quick_gelu", "silu", "relu"})
  void everyActivationIsExported(String activation) throws Exception {
    assertStates(
        TinyModelFolder.write(
            out.resolve("model"), 4, config -> config.put("hidden_act", activation)));
  }

  @Test
  void robertasPositionsAndTypesAreExported() throws Exception {
    assertStates(TinyModelFolder.write(out.resolve("model"), 5, ModelExportTest::roberta));
  }

  @Test
  void robertasHeadIsExported() throws Exception {
    Path roberta = TinyModelFolder.write(out.resolve("model"), 6, ModelExportTest::roberta);
    try (HuggingFaceCheckpoint base = HuggingFaceCheckpoint.open(roberta);
        Transformer model = model(base).plus(deltas())) {
      Head head = model.heads().fresh(LABELS.size(), false, new SplittableRandom(1));
      head.parameters().forEach(parameter -> parameter.value().addi(0.1));
      new ModelExport(base, deltas(), model.prefix(), ExportedHead.of(head, LABELS))
          .write(ExportFormat.ONNX, out.resolve("onnx"), false);

      List<Encoded> sequences = sequences(base, false);
      float[][] there;
      try (OnnxRun onnx = new OnnxRun(out.resolve("onnx").resolve(ModelExport.ONNX_FILE))) {
        there = (float[][]) onnx.first(sequences);
      }

      assertLogits(model, head, sequences, there);
    }
  }

  private static void roberta(ObjectNode config) {
    config.put("model_type", "roberta").put("type_vocab_size", 1).put("pad_token_id", 1);
  }

  private void assertStates(Path folderOfBase) throws Exception {
    try (HuggingFaceCheckpoint base = HuggingFaceCheckpoint.open(folderOfBase);
        Transformer model = model(base).plus(deltas())) {
      new ModelExport(base, deltas(), "", null)
          .write(ExportFormat.ONNX, out.resolve("onnx"), false);

      List<Encoded> sequences = sequences(base, false);
      float[][][] there;
      try (OnnxRun onnx = new OnnxRun(out.resolve("onnx").resolve(ModelExport.ONNX_FILE))) {
        there = (float[][][]) onnx.first(sequences);
      }

      try (Passing passing = new Passing()) {
        Batch batch = Batch.of(sequences);
        float[][] here = model.forward(passing.pass, batch).dup('c').toFloatMatrix();
        for (int s = 0; s < batch.size(); s++) {
          for (int t = batch.offsets()[s]; t < batch.offsets()[s + 1]; t++) {
            assertClose(here[t], there[s][t - batch.offsets()[s]]);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {MeanPoolHead.NAME, PairPoolHead.NAME, ClsPoolerHead.NAME})
  void onnxRuntimeGivesTheHeadsLogits(String kind) throws Exception {
    boolean pooler = kind.equals(ClsPoolerHead.NAME);
    try (HuggingFaceCheckpoint base =
            HuggingFaceCheckpoint.open(folder.resolve(pooler ? "pooler" : "plain"));
        Transformer model = model(base).plus(deltas())) {
      Head head = head(model, kind);
      new ModelExport(base, deltas(), "bert.", ExportedHead.of(head, LABELS))
          .write(ExportFormat.ONNX, out.resolve("onnx"), false);

      List<Encoded> sequences = sequences(base, kind.equals(PairPoolHead.NAME));
      float[][] there;
      try (OnnxRun onnx = new OnnxRun(out.resolve("onnx").resolve(ModelExport.ONNX_FILE))) {
        there = (float[][]) onnx.first(sequences);
      }

      assertLogits(model, head, sequences, there);
    }
  }

  @Test
  void anExportedGraphIsImportedAgain() {
    try (HuggingFaceCheckpoint base = HuggingFaceCheckpoint.open(folder.resolve("plain"))) {
      new ModelExport(base, Map.of(), "bert.", null)
          .write(ExportFormat.ONNX, out.resolve("onnx"), false);

      ModelImport.onnx(
          out.resolve("onnx").resolve(ModelExport.ONNX_FILE),
          out.resolve("onnx/tokenizer.json"),
          out.resolve("again"),
          false);

      try (HuggingFaceCheckpoint again = HuggingFaceCheckpoint.open(out.resolve("again"))) {
        assertThat(again.names()).containsExactlyInAnyOrderElementsOf(base.names());
        for (String name : base.names()) {
          assertThat(again.read(name)).isEqualTo(base.read(name));
        }
        assertThat(again.config().path("num_attention_heads"))
            .isEqualTo(base.config().path("num_attention_heads"));
      }
    }
  }

  @Test
  void aModelForClassificationIsWrittenAsTransformersNamesIt() {
    try (HuggingFaceCheckpoint base = HuggingFaceCheckpoint.open(folder.resolve("pooler"));
        Transformer model = model(base)) {
      Head head = head(model, ClsPoolerHead.NAME);

      new ModelExport(base, deltas(), "bert.", ExportedHead.of(head, LABELS))
          .write(ExportFormat.SAFETENSORS, out.resolve("model"), false);

      try (HuggingFaceCheckpoint written = HuggingFaceCheckpoint.open(out.resolve("model"))) {
        ObjectNode config = written.config();
        assertThat(config.path("architectures").path(0).asText())
            .isEqualTo("BertForSequenceClassification");
        assertThat(config.path("id2label").path("1").asText()).isEqualTo("rude");
        assertThat(config.path("label2id").path("dull").asInt()).isEqualTo(2);
        assertThat(written.names())
            .contains("classifier.weight", "classifier.bias", "bert.pooler.dense.weight")
            .allMatch(name -> name.startsWith("bert.") || name.startsWith("classifier."));
        INDArray sum = base.read(QUERY + ".weight").add(deltas().get(QUERY).dense());
        assertThat(written.read("bert." + QUERY + ".weight")).isEqualTo(sum);
        assertThat(written.read("classifier.weight")).isEqualTo(head.parameters().get(0).value());
      }
    }
  }

  @Test
  void whatIsNoBertIsRefusedByNameOfTheField() {
    Path other = TinyModelFolder.write(out.resolve("other"), 3);
    try (HuggingFaceCheckpoint base = HuggingFaceCheckpoint.open(other)) {
      ModelExport export =
          new ModelExport(
              base,
              Map.of(),
              "",
              new ExportedHead("last-token", Optional.empty(), LABELS, 3, Map.of()));

      assertThatThrownBy(() -> export.write(ExportFormat.ONNX, out.resolve("onnx"), false))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("cannot be exported as ONNX")
          .hasMessageContaining("last-token");
      assertThat(out.resolve("onnx")).doesNotExist();
    }
  }

  private static Transformer model(HuggingFaceCheckpoint base) {
    return Guice.createInjector(OrthantModule.builder().build())
        .getInstance(Architectures.class)
        .load(base);
  }

  private static Head head(Transformer model, String kind) {
    int features = TinyModelFolder.HIDDEN * (kind.equals(PairPoolHead.NAME) ? 3 : 1);
    return model
        .heads()
        .of(kind, Map.of("weight", gaussian(5, LABELS.size(), features), "bias", gaussian(6, 3)));
  }

  private static void assertLogits(
      Transformer model, Head head, List<Encoded> sequences, float[][] there) {
    try (Passing passing = new Passing()) {
      Batch batch = Batch.of(sequences);
      INDArray hidden = model.forward(passing.pass, batch);
      float[][] here = head.forward(passing.pass, hidden, batch).dup('c').toFloatMatrix();
      assertThat(here.length).isEqualTo(there.length);
      for (int s = 0; s < there.length; s++) {
        assertClose(here[s], there[s]);
      }
    }
  }

  private static void assertClose(float[] here, float[] there) {
    assertThat(there).hasSameSizeAs(here);
    for (int i = 0; i < here.length; i++) {
      assertThat(Math.abs(there[i] - here[i])).isLessThan((float) TOLERANCE);
    }
  }

  private static Map<String, Delta> deltas() {
    return Map.of(
        QUERY,
        new LoraDelta(
            gaussian(7, TinyModelFolder.HIDDEN, 2), gaussian(8, 2, TinyModelFolder.HIDDEN), 0.2));
  }

  private static INDArray gaussian(long seed, long... shape) {
    SplittableRandom random = new SplittableRandom(CounterRandom.seed(seed, "gaussian"));
    INDArray array = Nd4j.create(shape);
    for (long i = 0; i < array.length(); i++) {
      array.putScalar(i, random.nextGaussian());
    }
    return array;
  }

  private static List<Encoded> sequences(HuggingFaceCheckpoint base, boolean pairs) {
    try (Tokenizer tokenizer = Tokenizer.open(base.tokenizerFile(), TinyModelFolder.POSITIONS)) {
      return List.of(
          tokenizer.encode("A short text.", pairs ? "Its pair." : null),
          tokenizer.encode(
              "Another one, which is quite a bit longer than the one before it.",
              pairs ? "Why?" : null),
          tokenizer.encode("Why?", pairs ? "Because it is like that, and nobody minds." : null));
    }
  }

  /** A pass with kernels of its own. */
  private static final class Passing implements AutoCloseable {

    private final WorkerPool pool = new WorkerPool(1);
    private final Pass pass = new Pass(new CpuKernels(pool), AdapterSet.none());

    @Override
    public void close() {
      pass.close();
      pool.close();
    }
  }
}
