package dev.orthant.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Imports all-MiniLM-L6-v2 from Maven Central's jar. */
final class ModelImportTest {

  private static final String ONNX = "all-minilm-l6-v2.onnx";
  private static final String TOKENIZER = "all-minilm-l6-v2-tokenizer.json";

  @TempDir static Path shared;
  private static HuggingFaceCheckpoint model;

  @BeforeAll
  static void importOnce() {
    Path folder = shared.resolve("models").resolve("minilm");
    ModelImport.onnxResource(
        ModelImportTest.class.getClassLoader(), ONNX, TOKENIZER, folder, false);
    model = HuggingFaceCheckpoint.open(folder);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void namesEveryTensorAsHuggingFaceDoes() {
    assertThat(model.names()).hasSize(5 + 6 * 16);
    for (String linear :
        new String[] {
          "attention.self.query",
          "attention.self.key",
          "attention.self.value",
          "attention.output.dense",
          "intermediate.dense",
          "output.dense"
        }) {
      long out = linear.startsWith("intermediate") ? 1536 : 384;
      long in = linear.equals("output.dense") ? 1536 : 384;
      for (int layer = 0; layer < 6; layer++) {
        String module = "encoder.layer." + layer + "." + linear;
        assertThat(model.info(module + ".weight").shape()).containsExactly(out, in);
        assertThat(model.info(module + ".bias").shape()).containsExactly(out);
      }
    }
    assertThat(model.info("embeddings.word_embeddings.weight").shape()).containsExactly(30522, 384);
    assertThat(model.info("encoder.layer.5.output.LayerNorm.bias").shape()).containsExactly(384);
  }

  @Test
  void putsEveryElementInItsPlace() {
    // Read off the file's bytes by a few lines of Python; the stored matrices are [in, out].
    assertThat(element("encoder.layer.0.attention.self.query.weight", 1, 2))
        .isEqualTo(0.07590459287166595f);
    assertThat(element("encoder.layer.0.intermediate.dense.weight", 1000, 3))
        .isEqualTo(0.028343791142106056f);
    assertThat(element("encoder.layer.5.output.dense.weight", 7, 1500))
        .isEqualTo(0.005494402255862951f);
    assertThat(element("embeddings.word_embeddings.weight", 2000, 5))
        .isEqualTo(-0.012144682928919792f);
    assertThat(element("embeddings.word_embeddings.weight", 30521, 383))
        .isEqualTo(0.004570063669234514f);
    assertThat(model.read("encoder.layer.5.output.LayerNorm.bias").getFloat(9))
        .isEqualTo(0.018811527639627457f);
  }

  @Test
  void readsTheConfigurationOffTheGraph() {
    JsonNode config = model.config();

    assertThat(config.path("model_type").asText()).isEqualTo("bert");
    assertThat(config.path("architectures").get(0).asText()).isEqualTo("BertModel");
    assertThat(config.path("hidden_size").asInt()).isEqualTo(384);
    assertThat(config.path("num_hidden_layers").asInt()).isEqualTo(6);
    assertThat(config.path("num_attention_heads").asInt()).isEqualTo(12);
    assertThat(config.path("intermediate_size").asInt()).isEqualTo(1536);
    assertThat(config.path("vocab_size").asInt()).isEqualTo(30522);
    assertThat(config.path("max_position_embeddings").asInt()).isEqualTo(512);
    assertThat(config.path("type_vocab_size").asInt()).isEqualTo(2);
    assertThat(config.path("layer_norm_eps").asDouble()).isEqualTo(1e-12);
    assertThat(config.path("hidden_act").asText()).isEqualTo("gelu");
  }

  @Test
  void keepsTheTokenizerWithoutTruncationAndPadding() {
    JsonNode tokenizer = StrictJson.read(model.tokenizerFile());

    assertThat(tokenizer.get("truncation").isNull()).isTrue();
    assertThat(tokenizer.get("padding").isNull()).isTrue();
    assertThat(tokenizer.at("/model/vocab/[CLS]").asInt()).isEqualTo(101);
    assertThat(tokenizer.at("/model/vocab")).hasSize(30522);
  }

  @Test
  void leavesNothingBesideTheFolder() throws IOException {
    try (Stream<Path> entries = Files.list(model.folder().getParent())) {
      assertThat(entries).containsExactly(model.folder());
    }
  }

  @Test
  void refusesToReplaceUnlessAsked() {
    assertThatThrownBy(
            () ->
                ModelImport.onnxResource(
                    ModelImportTest.class.getClassLoader(), ONNX, TOKENIZER, model.folder(), false))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("exists already and is not empty");
  }

  @Test
  void namesAMissingResource() {
    assertThatThrownBy(
            () ->
                ModelImport.onnxResource(
                    ModelImportTest.class.getClassLoader(),
                    "none.onnx",
                    TOKENIZER,
                    shared.resolve("none"),
                    false))
        .isInstanceOf(CheckpointException.class)
        .hasMessage("none.onnx: is not on the class path; is the jar that carries it missing?");
    assertThat(shared.resolve("none")).doesNotExist();
  }

  @Test
  void refusesWhatIsNotOnnx() throws IOException {
    Path tokenizer = Files.writeString(shared.resolve("tokenizer.json"), "{}");
    Path text = Files.writeString(shared.resolve("text.onnx"), "this is not a model");
    Path empty = Files.write(shared.resolve("empty.onnx"), new byte[0]);
    Path otherGraph = Files.write(shared.resolve("other.onnx"), new byte[] {0x3a, 0});
    Path truncated =
        Files.write(
            shared.resolve("truncated.onnx"), "\u003a\u0020abc".getBytes(StandardCharsets.UTF_8));

    assertImportFails(text, tokenizer, "truncated, or not an ONNX model");
    assertImportFails(empty, tokenizer, "is not an ONNX model: it has no graph");
    assertImportFails(truncated, tokenizer, "truncated, or not an ONNX model");
    assertImportFails(
        otherGraph, tokenizer, "has no single-precision 'embeddings.word_embeddings.weight'");
  }

  private static void assertImportFails(Path onnx, Path tokenizer, String message) {
    Path target = shared.resolve("failed");
    assertThatThrownBy(() -> ModelImport.onnx(onnx, tokenizer, target, false))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith(onnx.toString())
        .hasMessageContaining(message);
    assertThat(target).doesNotExist();
  }

  private static float element(String tensor, int row, int column) {
    return model.read(tensor).getFloat(row, column);
  }
}
