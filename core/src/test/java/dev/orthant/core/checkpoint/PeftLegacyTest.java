package dev.orthant.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A file that PyTorch 1.13 wrote, see make_adapter_bin.py beside it, and files nobody should read.
 */
final class PeftLegacyTest {

  private static final String CONFIG =
      "{\"peft_type\":\"LORA\",\"r\":2,\"target_modules\":[\"query\",\"value\"],"
          + "\"modules_to_save\":[\"classifier\"]}";

  @TempDir Path folder;

  @BeforeEach
  void writeConfig() throws IOException {
    Files.writeString(folder.resolve("adapter_config.json"), CONFIG);
  }

  @Test
  void everyTensorOfPyTorchsFileIsRead() throws IOException {
    copy("adapter_model.bin");

    Map<String, INDArray> tensors = TorchFile.read(folder.resolve("adapter_model.bin"));

    JsonNode expected = StrictJson.read(Path.of("adapter_model.json"), open("adapter_model.json"));
    assertThat(tensors).hasSameSizeAs(expected.get("tensors"));
    expected
        .get("tensors")
        .properties()
        .forEach(
            e ->
                assertThat(tensors.get(e.getKey()).data().asFloat())
                    .as(e.getKey())
                    .containsExactly(flat(e.getValue())));
  }

  @Test
  void anAdapterIsReadWhenAsked() throws IOException {
    copy("adapter_model.bin");

    PeftAdapter adapter = PeftAdapterFolder.readLegacy(folder);

    assertThat(adapter.deltas())
        .containsOnlyKeys(
            "encoder.layer.0.attention.self.query", "encoder.layer.0.attention.self.value");
    assertThat(adapter.saved()).containsOnlyKeys("classifier.weight", "classifier.bias");
    assertThatThrownBy(() -> PeftAdapterFolder.read(folder))
        .hasMessageContaining(
            "adapter_model.bin is a pickle, turn it into one with orthant import");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cos_system_(X_echo_tR. | asks for os.system, which is not needed for tensors",
        "cbuiltins_eval_. | asks for builtins.eval",
        "ctorch_load_. | asks for torch.load",
        "(S'text'_. | opcode 0x53, which is not read",
        "(ios_system_. | opcode 0x69, which is not read",
        "]. | holds no dictionary of tensors",
        "}K\u0001K\u0002s. | holds '1', which is no tensor",
        "K | holds a malformed pickle",
        "R. | holds a malformed pickle",
      })
  void picklesThatAskForMoreAreRefused(String pickle, String message) throws IOException {
    write("archive/data.pkl", pickle.replace('_', '\n').getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> PeftAdapterFolder.readLegacy(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith(folder.resolve("adapter_model.bin").toString())
        .hasMessageContaining(message);
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    write("something/else", new byte[1]);
    assertThatThrownBy(() -> PeftAdapterFolder.readLegacy(folder))
        .hasMessageContaining("is a ZIP without a pickle of PyTorch");

    Files.write(folder.resolve("adapter_model.bin"), new byte[] {(byte) 0x80, 2, 'N', '.'});
    assertThatThrownBy(() -> PeftAdapterFolder.readLegacy(folder))
        .hasMessageContaining("is not a file of PyTorch 1.6 or newer");
  }

  private static float[] flat(JsonNode numbers) {
    StringBuilder all = new StringBuilder();
    numbers.forEach(row -> all.append(row.toString().replaceAll("[\\[\\]]", "")).append(','));
    String[] parts = all.toString().split(",");
    float[] values = new float[parts.length];
    for (int i = 0; i < parts.length; i++) {
      values[i] = Float.parseFloat(parts[i]);
    }
    return values;
  }

  private void copy(String name) throws IOException {
    try (InputStream in = open(name)) {
      Files.copy(in, folder.resolve(name));
    }
  }

  private static InputStream open(String name) {
    return PeftLegacyTest.class.getResourceAsStream("/reference/peft/" + name);
  }

  private void write(String entry, byte[] contents) throws IOException {
    try (OutputStream out = Files.newOutputStream(folder.resolve("adapter_model.bin"));
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(entry));
      zip.write(contents);
      zip.closeEntry();
    }
  }
}
