package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orthant.core.testing.TinyModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SearchCommandTest {

  @TempDir private static Path folder = Path.of("");
  private static String study = "";
  private static Path output = Path.of("");

  @BeforeAll
  static void train() throws IOException {
    TinyStudy tiny =
        TinyStudy.write(
            folder.resolve("study"),
            TinyModelFolder.write(folder.resolve("base"), 1),
            TinyStudy.SMALL.replace(
                "{name: average, type: average}",
                "{name: ties, type: ties, grid: {density: [0.2, 0.5]}}"));
    study = tiny.file().toString();
    output = tiny.output();
    assertThat(CliRun.of("train", study).code()).isZero();
  }

  @Test
  void anInterruptedSearchGoesOnAndItsBestIsAMergeFile() throws IOException {
    CliRun stopped = search(8, "search: 3/8");
    CliRun whole = search(8);
    List<Path> scored = scored();
    CliRun again = search(8);

    assertThat(stopped.code()).isEqualTo(130);
    assertThat(whole.code()).as(whole.err()).isZero();
    assertThat(again.out()).isEqualTo(whole.out());
    assertThat(scored()).isEqualTo(scored);
    JsonNode found = new ObjectMapper().readTree(output.resolve("search/ties-lora.json").toFile());
    assertThat(found.path("trials")).hasSize(8);
    double best = found.path("best").path("value").asDouble();
    found
        .path("trials")
        .forEach(t -> assertThat(t.path("value").asDouble()).isLessThanOrEqualTo(best));
    String recipe = output.resolve("search/ties-lora.yaml").toString();
    CliRun merged = CliRun.of("merge", recipe, "--output", folder.resolve("best").toString());
    assertThat(merged.code()).as(merged.err()).isZero();
    assertThat(folder.resolve("best/adapter_model.safetensors")).isRegularFile();
  }

  @Test
  void whatCannotBeSearchedIsToldAtOnce() {
    CliRun run =
        CliRun.of(
            "search",
            study,
            "--merger",
            "ties",
            "--try",
            "density=0:2",
            "--try",
            "weight.song=0:1",
            "--try",
            "space=full,middle");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .contains("density must be in (0, 1], was 0.0")
        .contains("density must be in (0, 1], was 2.0")
        .contains("weight.song: is of no task; there are weight.opinion, weight.thing")
        .contains("middle");
  }

  private static CliRun search(int trials, String... stop) {
    String[] args = {
      "search",
      study,
      "--merger",
      "ties",
      "--trials",
      "" + trials,
      "--try",
      "density=0.1:1",
      "--try",
      "weight.opinion=0.5:2:log",
      "--objective",
      "worst"
    };
    return stop.length == 0 ? CliRun.of(args) : CliRun.stoppedAt(stop[0], args);
  }

  private static List<Path> scored() throws IOException {
    try (var files = Files.list(output.resolve("scores"))) {
      return files.sorted().toList();
    }
  }
}
