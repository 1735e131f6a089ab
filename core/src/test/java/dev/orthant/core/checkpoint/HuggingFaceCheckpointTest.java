package dev.orthant.core.checkpoint;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class HuggingFaceCheckpointTest {

  private static final INDArray W = Nd4j.createFromArray(new float[][] {{1, 2, 3}, {4, 5, 6}});
  private static final INDArray V = Nd4j.createFromArray(7f, 8f);

  @TempDir Path folder;

  @Test
  void readsOneFile() throws IOException {
    writeConfig();
    new SafetensorsWriter().add("w", W).add("v", V).write(folder.resolve("model.safetensors"));

    try (HuggingFaceCheckpoint model = HuggingFaceCheckpoint.open(folder)) {
      assertThat(model.names()).containsExactly("v", "w");
      assertThat(model.config().path("model_type").asText()).isEqualTo("bert");
      assertThatTensor(model.read("w")).hasSameBitsAs(W);
    }
  }

  @Test
  void readsSeveralFilesAndHasTheSameFingerprint() throws IOException {
    writeConfig();
    new SafetensorsWriter().add("w", W).add("v", V).write(folder.resolve("model.safetensors"));
    String single;
    try (HuggingFaceCheckpoint model = HuggingFaceCheckpoint.open(folder)) {
      single = model.fingerprint();
    }
    Files.delete(folder.resolve("model.safetensors"));
    new SafetensorsWriter().add("w", W).write(folder.resolve("model-00001-of-00002.safetensors"));
    new SafetensorsWriter().add("v", V).write(folder.resolve("model-00002-of-00002.safetensors"));
    writeIndex(
        "{\"w\":\"model-00001-of-00002.safetensors\",\"v\":\"model-00002-of-00002.safetensors\"}");

    try (HuggingFaceCheckpoint model = HuggingFaceCheckpoint.open(folder)) {
      assertThat(model.names()).containsExactly("w", "v");
      assertThatTensor(model.read("v")).hasSameBitsAs(V);
      assertThat(model.fingerprint()).isEqualTo(single).hasSize(64);
    }
  }

  @Test
  void fingerprintFollowsEveryElementNameAndConfiguration() throws IOException {
    writeConfig();
    Path weights = folder.resolve("model.safetensors");

    String first = fingerprintOf(weights, "w", W);
    String again = fingerprintOf(weights, "w", W);
    String otherValue = fingerprintOf(weights, "w", W.add(1e-6));
    String otherName = fingerprintOf(weights, "x", W);
    String otherShape = fingerprintOf(weights, "w", W.reshape('c', 3, 2));
    Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"gpt2\"}");
    String otherConfig = fingerprintOf(weights, "w", W);

    assertThat(again).isEqualTo(first);
    assertThat(Stream.of(first, otherValue, otherName, otherShape, otherConfig))
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"../secret.safetensors\"",
        "\"/etc/passwd\"",
        "\"sub/model.safetensors\"",
        "\"..\"",
        "\"C:\\\\model.safetensors\"",
        "\"a\\u0000b\"",
        "\"\"",
        "3",
        "null"
      })
  void refusesAnIndexThatLeadsOutOfTheFolder(String file) throws IOException {
    writeConfig();
    writeIndex("{\"w\":" + file + "}");

    assertThatThrownBy(() -> HuggingFaceCheckpoint.open(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("model.safetensors.index.json: puts tensor 'w' into")
        .hasMessageContaining("expected the plain name of a file in the same folder");
  }

  @Test
  void refusesAnIndexThatIsNotTrue() throws IOException {
    writeConfig();
    new SafetensorsWriter().add("w", W).write(folder.resolve("a.safetensors"));
    writeIndex("{\"w\":\"a.safetensors\",\"v\":\"a.safetensors\"}");

    assertThatThrownBy(() -> HuggingFaceCheckpoint.open(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(
            "a.safetensors: has no tensor 'v', which model.safetensors.index.json says");
  }

  @Test
  void namesWhatIsMissing() throws IOException {
    Path none = folder.resolve("none");
    assertOpenFails(none, "there is no such folder");
    assertOpenFails(folder, "has no config.json");

    writeConfig();
    assertOpenFails(folder, "has neither model.safetensors nor model.safetensors.index.json");

    Files.write(folder.resolve("pytorch_model.bin"), new byte[1]);
    assertOpenFails(folder, "pytorch_model.bin is not read, save it as safetensors");

    writeIndex("{\"w\":\"a.safetensors\"}");
    assertOpenFails(folder, "a.safetensors: cannot be read: there is no");

    writeIndex("{}");
    assertOpenFails(folder, "needs weight_map");
  }

  @Test
  void refusesAMalformedConfiguration() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"a\":1,}");
    assertOpenFails(folder, "config.json: is not valid JSON");

    Files.writeString(folder.resolve("config.json"), "[]");
    assertOpenFails(folder, "config.json: must hold a JSON object");

    Files.writeString(folder.resolve("config.json"), "{\"a\":1,\"a\":2}");
    assertOpenFails(folder, "config.json: is not valid JSON: Duplicate");
  }

  @Test
  void refusesATruncatedFileAndNamesAMissingTensor() throws IOException {
    writeConfig();
    Path weights = folder.resolve("model.safetensors");
    new SafetensorsWriter().add("w", W).write(weights);

    try (HuggingFaceCheckpoint model = HuggingFaceCheckpoint.open(folder)) {
      assertThatThrownBy(() -> model.read("encoder.x"))
          .isInstanceOf(CheckpointException.class)
          .hasMessage(folder + ": no tensor 'encoder.x' among its 1, which are w");
      assertThatThrownBy(model::tokenizerFile)
          .hasMessage(folder + ": has no tokenizer.json and no vocab.txt");
    }
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(bytes, bytes.length - 1));
    assertOpenFails(folder, "model.safetensors: truncated");
  }

  @Test
  void writerMakesAFolderThatReadsBack() throws IOException {
    writeConfig();
    Files.writeString(folder.resolve("tokenizer.json"), "{\"model\":{}}");
    new SafetensorsWriter().add("w", W).add("v", V).write(folder.resolve("model.safetensors"));
    Path target = folder.resolve("out").resolve("merged");

    try (HuggingFaceCheckpoint base = HuggingFaceCheckpoint.open(folder)) {
      ObjectNode config = base.config();
      config.put("num_labels", 3);
      new CheckpointWriter(config)
          .copy(base, "v")
          .add("w", Dtype.BF16, W.shape(), () -> base.read("w").mul(2))
          .tokenizerOf(folder)
          .text("README.md", "hello")
          .write(target, false);
    }

    try (HuggingFaceCheckpoint merged = HuggingFaceCheckpoint.open(target)) {
      assertThat(merged.config().path("num_labels").asInt()).isEqualTo(3);
      assertThat(merged.info("w").dtype()).isEqualTo(Dtype.BF16);
      assertThatTensor(merged.read("w")).hasSameBitsAs(W.mul(2));
      assertThatTensor(merged.read("v")).hasSameBitsAs(V);
      assertThat(merged.tokenizerFile()).hasContent("{\"model\":{}}");
      assertThat(target.resolve("README.md")).hasContent("hello");
    }
    try (SafetensorsFile weights = SafetensorsFile.open(target.resolve("model.safetensors"))) {
      assertThat(weights.metadata()).containsEntry("format", "pt");
    }
  }

  private String fingerprintOf(Path weights, String name, INDArray values) {
    new SafetensorsWriter().add(name, values).write(weights);
    try (HuggingFaceCheckpoint model = HuggingFaceCheckpoint.open(folder)) {
      return model.fingerprint();
    }
  }

  private void writeConfig() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"bert\"}");
  }

  private void writeIndex(String weightMap) throws IOException {
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"metadata\":{\"total_size\":1},\"weight_map\":" + weightMap + "}");
  }

  private static void assertOpenFails(Path folder, String message) {
    assertThatThrownBy(() -> HuggingFaceCheckpoint.open(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(message);
  }
}
