package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.application.BaseModel;
import dev.orthant.core.application.FineTuning;
import dev.orthant.core.application.LabelledText;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.testing.TinyModelFolder;
import dev.orthant.core.wiring.Orthant;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code orthant export}; what is in the files is checked where they are made. */
final class ExportCommandTest {

  private static final String QUERY = "encoder.layer.0.attention.self.query.weight";

  @TempDir private static Path folder = Path.of("");

  @BeforeAll
  static void train() {
    TinyModelFolder.write(folder.resolve("base"), 1);
    try (Orthant orthant = Orthant.builder().threads(1).build();
        BaseModel base = orthant.open(folder.resolve("base"))) {
      base.fineTune(
          FineTuning.of("lora", "{rank: 2}").training("{epochs: 3, learning_rate: 1e-2}"),
          LabelledText.task(
              "tone",
              List.of(LabelledText.of("lovely", "kind"), LabelledText.of("awful", "rude")),
              List.of()),
          folder.resolve("adapter"));
    }
  }

  @Test
  void anAdapterIsExportedWithItsHead() throws Exception {
    CliRun run = export("with-head", "--adapter", "adapter", "--format", "onnx");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(folder.resolve("with-head")).isDirectoryContaining("glob:**/model.onnx");
    assertThat(Files.size(folder.resolve("with-head/model.onnx"))).isGreaterThan(1_000_000);
    assertThat(names("with-head")).contains("logits").doesNotContain("last_hidden_state");
  }

  @Test
  void theModelAloneGivesStates() throws Exception {
    CliRun run = export("alone", "--adapter", "adapter", "--no-head");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(names("alone")).contains("last_hidden_state").doesNotContain("logits");
  }

  @Test
  void aFolderOfSafetensorsHasTheSummedWeights() {
    CliRun run = export("folder", "--adapter", "adapter", "--format", "safetensors");

    assertThat(run.code()).as(run.err()).isZero();
    try (HuggingFaceCheckpoint base = HuggingFaceCheckpoint.open(folder.resolve("base"));
        HuggingFaceCheckpoint written = HuggingFaceCheckpoint.open(folder.resolve("folder"))) {
      assertThat(written.names()).isEqualTo(base.names());
      assertThat(written.read(QUERY).sub(base.read(QUERY)).norm2Number().doubleValue())
          .isPositive();
    }
    assertThat(folder.resolve("folder/head.safetensors")).isRegularFile();
    assertThat(folder.resolve("folder/tokenizer.json")).isRegularFile();
  }

  @Test
  void aMergedModelTakesTheHeadOfAnAdapter() throws Exception {
    export("merged", "--adapter", "adapter", "--no-head", "--format", "safetensors");

    CliRun run =
        CliRun.of(
            "export",
            "--base",
            folder.resolve("merged").toString(),
            "--head",
            folder.resolve("adapter").toString(),
            "--output",
            folder.resolve("headed").toString());

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(names("headed")).contains("logits");
  }

  @Test
  void aTakenFolderIsNotTouched() throws Exception {
    Files.createDirectories(folder.resolve("taken"));
    Files.writeString(folder.resolve("taken/note.txt"), "mine");

    CliRun run = export("taken", "--no-head");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("exists already and is not empty");
    assertThat(export("taken", "--no-head", "--head", "adapter").code()).isEqualTo(2);
  }

  private static CliRun export(String output, String... more) {
    String[] arguments = new String[5 + more.length];
    arguments[0] = "export";
    arguments[1] = "--base";
    arguments[2] = folder.resolve("base").toString();
    arguments[3] = "--output";
    arguments[4] = folder.resolve(output).toString();
    for (int i = 0; i < more.length; i++) {
      boolean path = i > 0 && (more[i - 1].equals("--adapter") || more[i - 1].equals("--head"));
      arguments[5 + i] = path ? folder.resolve(more[i]).toString() : more[i];
    }
    return CliRun.of(arguments);
  }

  /** The text in a graph, names among it. */
  private static String names(String output) throws Exception {
    return Files.readString(
        folder.resolve(output).resolve("model.onnx"), StandardCharsets.ISO_8859_1);
  }
}
