package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orthant.core.testing.TinyModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where there is one task only, controls are what they stand beside. */
final class ControlsTest {

  /** A score is a number of rows divided by the number of all. */
  private static final double ROUNDING = 1e-12;

  private static final String ONE_TASK =
      TinyStudy.SMALL
          .replaceAll("  - \\{name: thing.*\n", "")
          .replaceAll("mergers:\n.*\n", "")
          .replace("epochs: 2", "max_steps: 6")
          .replace("seed: 7", "seed: 7\nseeds: [1, 2]")
          .replace("statistics_rows: 40}", "statistics_rows: 40, controls: [CONTROLS]}");

  @TempDir private Path folder;

  @Test
  void theMultiTaskAdapterOfOneTaskAndItsEnsembleAreTheExpert() throws IOException {
    Path base = TinyModelFolder.write(folder.resolve("base"), 1);
    TinyStudy study =
        TinyStudy.write(
            folder.resolve("study"),
            base,
            ONE_TASK.replace("CONTROLS", "ensemble, multi-task, random"));

    CliRun run = study.run("bench");

    assertThat(run.code()).describedAs(run.err()).isZero();
    JsonNode results =
        new ObjectMapper().readTree(Files.readString(study.output().resolve("results.json")));
    for (int seed = 0; seed < 2; seed++) {
      double expert = results.at("/expert_runs/%d/single/0".formatted(seed)).asDouble();
      // in the order of the controls: multi-task, random, ensemble, each with both seeds
      assertThat(control(results, seed, "multi-task")).isCloseTo(expert, within(ROUNDING));
      assertThat(control(results, 2 + seed, "random")).isNotNaN();
      assertThat(control(results, 4 + seed, "ensemble")).isCloseTo(expert, within(ROUNDING));
    }
    try (Stream<Path> logs = Files.list(study.output().resolve("training"))) {
      assertThat(logs.filter(f -> f.getFileName().toString().startsWith("multi-task-lora-")))
          .hasSize(2)
          .allSatisfy(
              f -> {
                try (Stream<Path> left = Files.list(f)) {
                  assertThat(left).isNotEmpty().noneMatch(Files::isDirectory); // checkpoints
                }
              });
    }
  }

  @Test
  void anUnknownControlIsToldBeforeAnythingRuns() throws IOException {
    TinyStudy study =
        TinyStudy.write(folder.resolve("study"), folder, ONE_TASK.replace("CONTROLS", "randon"));

    CliRun run = study.run("bench");

    assertThat(run.code()).isNotZero();
    assertThat(run.err())
        .contains("evaluation.controls[0]")
        .contains("multi-task, random, ensemble")
        .contains("did you mean 'random'?");
  }

  private static double control(JsonNode results, int index, String control) {
    JsonNode run = results.at("/control_runs/" + index);
    assertThat(run.path("control").asText()).isEqualTo(control);
    return run.at("/test/0").asDouble(Double.NaN);
  }
}
