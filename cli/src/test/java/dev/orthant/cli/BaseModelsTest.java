package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.config.BaseSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BaseModelsTest {

  private static final BaseModel ELSEWHERE =
      new BaseModel(
          "elsewhere",
          "there",
          "some.group:elsewhere",
          "1.5",
          new BaseModel.Onnx("elsewhere.onnx", "elsewhere.json"));

  private final Path home;

  BaseModelsTest(@TempDir Path home) {
    this.home = home;
  }

  @Test
  void aModelOnTheClassPathIsImportedOnceAndReused() throws IOException {
    BaseModels models = new BaseModels(BaseModels.ALL, home, BaseModelsTest::offline);

    Path folder = models.resolve("all-minilm-l6-v2");
    Object written = Files.getLastModifiedTime(folder.resolve("model.safetensors"));
    Path again = models.folder(new BaseSpec("maven:minilm", 128));

    try (HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(folder)) {
      assertThat(checkpoint.info("encoder.layer.5.attention.self.query.weight").shape())
          .containsExactly(384, 384);
    }
    assertThat(again).isEqualTo(folder);
    assertThat(Files.getLastModifiedTime(again.resolve("model.safetensors"))).isEqualTo(written);
  }

  @Test
  void whatCannotBeFetchedIsAnErrorAndLeavesNothing() throws IOException {
    BaseModels models = new BaseModels(List.of(ELSEWHERE), home, BaseModelsTest::offline);

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> models.resolve("there"))
        .withMessage("no network for some.group:elsewhere:1.5");

    assertThat(home).isEmptyDirectory();
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() {
    BaseModels models = new BaseModels(BaseModels.ALL, home, BaseModelsTest::offline);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> models.resolve("bert"))
        .withMessage(
            "unknown base model 'bert'; there are all-minilm-l6-v2, bge-small-en-v1.5,"
                + " e5-small-v2, bert-base-uncased");
  }

  @Test
  void aFolderIsTakenAsItIs() throws IOException {
    BaseModels models = new BaseModels(List.of(), home, BaseModelsTest::offline);

    assertThat(models.folder(new BaseSpec("some/folder", 128))).isEqualTo(Path.of("some/folder"));
  }

  @Test
  void theEnvironmentMovesTheHome() {
    Path user = Path.of("/home/me");

    assertThat(BaseModels.home(Map.of(), user)).isEqualTo(Path.of("/home/me/.cache/orthant"));
    assertThat(BaseModels.home(Map.of("XDG_CACHE_HOME", "/c"), user))
        .isEqualTo(Path.of("/c/orthant"));
    assertThat(BaseModels.home(Map.of("XDG_CACHE_HOME", "/c", "ORTHANT_HOME", "/o"), user))
        .isEqualTo(Path.of("/o"));
  }

  private static Path offline(String coordinates, Path folder) throws IOException {
    throw new IOException("no network for " + coordinates);
  }
}
