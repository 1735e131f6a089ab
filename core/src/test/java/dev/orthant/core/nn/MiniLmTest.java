package dev.orthant.core.nn;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.ModelImport;
import dev.orthant.core.family.BertEncoder;
import dev.orthant.core.family.EncoderConfig;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import dev.orthant.core.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The encoder with the weights of all-MiniLM-L6-v2 against ONNX Runtime on the original file. */
final class MiniLmTest {

  private static final String ONNX = "all-minilm-l6-v2.onnx";
  private static final String TOKENIZER = "all-minilm-l6-v2-tokenizer.json";

  /** States are about 1; two single-precision programs differ by a few 1e-6 after six layers. */
  private static final double TOLERANCE = 1e-4;

  @TempDir static Path folder;
  private static Transformer encoder;
  private static List<Encoded> sequences;
  private static float[][][] expected; // [sequences][longest][hidden]

  @BeforeAll
  static void runTheOriginal() throws IOException, OrtException {
    Path model = folder.resolve("minilm");
    ClassLoader loader = MiniLmTest.class.getClassLoader();
    ModelImport.onnxResource(loader, ONNX, TOKENIZER, model, false);
    try (HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(model);
        Tokenizer tokenizer = Tokenizer.open(checkpoint.tokenizerFile(), 128)) {
      encoder = BertEncoder.load(EncoderConfig.of(checkpoint.config()), checkpoint);
      sequences = encode(tokenizer, sentences());
    }
    try (InputStream onnx = loader.getResourceAsStream(ONNX)) {
      expected = OnnxOracle.states(onnx.readAllBytes(), sequences);
    }
  }

  @AfterAll
  static void release() {
    encoder = null;
    expected = null;
  }

  @Test
  void hiddenStatesEqualTheOriginals() {
    try (WorkerPool pool = new WorkerPool(2)) {
      assertStates(new CpuKernels(pool), sequences);
    }
  }

  @Test
  void hiddenStatesOfThePortableKernelsEqualTheOriginals() {
    assertStates(new PortableKernels(), sequences.subList(0, 8));
  }

  @Test
  void memoryStaysFlatWhateverTheBatches() {
    try (WorkerPool pool = new WorkerPool(2);
        Pass pass = new Pass(new CpuKernels(pool), AdapterSet.none())) {
      encoder.forward(pass, Batch.of(sequences));
      long before = pass.bytes();
      for (int i = 0; i < 20; i++) {
        encoder.forward(pass, Batch.of(sequences.subList(i, i + 5)));
      }

      assertThat(pass.bytes()).isEqualTo(before);
    }
  }

  private static void assertStates(Kernels kernels, List<Encoded> some) {
    Batch batch = Batch.of(some);
    try (Pass pass = new Pass(kernels, AdapterSet.none())) {
      INDArray hidden = encoder.forward(pass, batch);

      assertThat(OnnxOracle.greatestDifference(hidden, batch, expected)).isLessThan(TOLERANCE);
    }
  }

  /** Each sentence alone, and each with the next one as a pair. */
  private static List<Encoded> encode(Tokenizer tokenizer, List<String> sentences) {
    List<Encoded> encoded = new ArrayList<>();
    for (int i = 0; i < sentences.size(); i++) {
      encoded.add(tokenizer.encode(sentences.get(i), null));
      encoded.add(tokenizer.encode(sentences.get(i), sentences.get((i + 1) % sentences.size())));
    }
    return encoded;
  }

  private static List<String> sentences() throws IOException {
    try (InputStream in = MiniLmTest.class.getResourceAsStream("/sentences/english.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
