package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InspectCommandTest {

  private static final String HEADER =
      "{\"__metadata__\":{\"format\":\"pt\"},"
          + "\"layer.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}}";

  @TempDir private Path folder = Path.of("");

  @Test
  void aFileIsDescribedByItsHeader() throws IOException {
    Path file = write("model.safetensors");

    CliRun run = CliRun.of("inspect", file.toString());

    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("model.safetensors: 1 tensors, 6 elements", "format = pt")
        .containsPattern("layer\\.weight +F32 +\\[2, 3\\]");
  }

  @Test
  void aFolderIsDescribedWithItsConfiguration() throws IOException {
    write("adapter_model.safetensors");
    Files.writeString(folder.resolve("adapter_config.json"), "{\"peft_type\":\"LORA\",\"r\":8}");

    CliRun run = CliRun.of("inspect", "--json", folder.toString());

    assertThat(run.code()).isZero();
    assertThat(run.out().replaceAll("\\s", ""))
        .contains("\"adapter_config.json\":{\"peft_type\":\"LORA\",\"r\":8}")
        .contains("\"layer.weight\":{\"dtype\":\"F32\",\"shape\":[2,3]}");
  }

  @Test
  void anotherFolderIsRefused() {
    CliRun run = CliRun.of("inspect", folder.toString());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).startsWith("error: " + folder).contains("neither a model nor an adapter");
  }

  @Test
  void badJsonIsRefusedByName() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{");

    CliRun run = CliRun.of("inspect", folder.toString());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("config.json: not valid JSON");
  }

  private Path write(String name) throws IOException {
    byte[] header = HEADER.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
    bytes.write(header);
    bytes.write(new byte[24]);
    return Files.write(folder.resolve(name), bytes.toByteArray());
  }
}
