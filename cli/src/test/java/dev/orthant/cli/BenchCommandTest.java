package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.testing.TinyModelFolder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A suite of three tasks, three seeds, two adapters and four mergers on a model of random weights.
 */
final class BenchCommandTest {

  private static final String SUITE =
      TinyStudy.FULL
          .replace("  - {name: moslora-osrm, type: moslora, rank: 4, constrained: true}\n", "")
          .replace("{name: dare, type: dare}", "{name: emr, type: emr}")
          .replace("constrained: true}", "constrained: true, training: {learning_rate: 5e-3}}")
          .replace("grid: {lambda: [0.3, 1.0]}", "grid: {lambda: [0.3, 1.0]}, curve: true")
          .replace(
              "statistics_rows: 40}",
              "statistics_rows: 40, comparisons: [{adapter: lora-osrm, against: lora}],"
                  + " controls: [multi-task, random, ensemble], forecast: true}")
          .replace("epochs: 2", "epochs: 1")
          .replace("seed: 7", "seed: 7\nseeds: [1, 2, 3]");
  private static final List<String> RESULTS =
      List.of("results.json", "results.csv", "report.md", "forecast.json");
  private static final int TRAININGS = 18;

  @TempDir private static Path folder = Path.of("");
  private static Path base = Path.of("");
  private static TinyStudy whole = new TinyStudy(Path.of(""));
  private static CliRun wholeRun = new CliRun(0, "", "");

  @BeforeAll
  static void runTheSuite() throws IOException {
    base = TinyModelFolder.write(folder.resolve("base"), 1);
    whole = TinyStudy.write(folder.resolve("whole"), base, SUITE);
    wholeRun = whole.run("bench");
  }

  @Test
  void aSuiteReportsEveryAdapterMergerAndSetting() throws IOException {
    String report = Files.readString(whole.output().resolve("report.md"));

    assertThat(wholeRun.code()).describedAs(wholeRun.err()).isZero();
    assertThat(wholeRun.out())
        .contains(report)
        .endsWith("Report: " + whole.output().resolve("report.html") + System.lineSeparator());
    assertThat(Files.readString(whole.output().resolve("report.html")))
        .contains("\"title\":\"Suite out\"", "task-arithmetic, on test rows", "configuration.yaml")
        .contains("Validation accuracy on field", "Runs of lora-osrm", "Forecast and truth");
    assertThat(report)
        .contains("3 repetitions (seeds 1, 2, 3)")
        .contains("## Learning curves")
        .contains("| adapter | epoch 1 |")
        .contains("## Merged by ties")
        .contains("| ties | emr (task known) |")
        .contains("## Merged by emr\n\nNot one model")
        .contains("## Every setting of task-arithmetic, on test rows")
        .contains("| adapter | lambda=0.3 | lambda=1.0 |")
        .contains("## Each adapter against lora")
        .contains("## Controls")
        .contains("| multi-task | lora |")
        .contains("| ensemble | lora-osrm |")
        .contains("## Further comparisons");
    assertThat(list("experts")).hasSize(TRAININGS);
    // a header; 18 single, 18 heads only, and per adapter, task and seed 3 mergers, 2 of a curve
    // and
    // 2 controls, and 9 multi-task
    assertThat(Files.readAllLines(whole.output().resolve("results.csv")))
        .hasSize(1 + 18 + 18 + 18 * 7 + 9);
  }

  @Test
  void aSuiteThatWasStoppedGoesOnToTheSameResults() throws IOException {
    TinyStudy parts = TinyStudy.write(folder.resolve("parts"), base, SUITE);
    CliRun stopped = CliRun.stoppedAt("bench: ", "bench", parts.file().toString());
    Map<Path, FileTime> before = times(parts.output());

    CliRun finished = parts.run("bench");

    assertThat(stopped.code()).describedAs(stopped.err()).isEqualTo(130);
    assertThat(finished.code()).describedAs(finished.err()).isZero();
    assertThat(before).isNotEmpty();
    assertThat(times(parts.output())).containsAllEntriesOf(before);
    for (String name : RESULTS) {
      assertThat(parts.output().resolve(name)).hasSameBinaryContentAs(whole.output().resolve(name));
    }
  }

  @Test
  void aSuiteThatWasKilledGoesOnToTheSameResults() throws Exception {
    TinyStudy killed = TinyStudy.write(folder.resolve("killed"), base, SUITE);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // the same modules, and so the same kernels and bits, as here
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-modules"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(OrthantCli.class.getName(), "bench", killed.file().toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("killed.log").toFile())
            .start();
    while (process.isAlive() && times(killed.output()).size() < TRAININGS / 2) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    process.destroyForcibly().waitFor();
    Map<Path, FileTime> before = times(killed.output());

    CliRun finished = killed.run("bench");

    assertThat(finished.code()).describedAs(finished.err()).isZero();
    assertThat(times(killed.output())).containsAllEntriesOf(before);
    for (String name : RESULTS) {
      assertThat(killed.output().resolve(name))
          .hasSameBinaryContentAs(whole.output().resolve(name));
    }
  }

  @Test
  void aSuiteThatIsExtendedComputesOnlyWhatIsNew() throws IOException {
    TinyStudy study = TinyStudy.write(folder.resolve("extended"), base, SUITE);
    study.with("seeds: [1, 2, 3]", "seeds: [1]");
    study.run("bench");
    Map<Path, FileTime> before = times(study.output());
    study.with("[0.3, 1.0]", "[0.3, 0.6, 1.0]");
    study.with("epochs: 1", "gradient_checkpointing: true, coto: null, epochs: 1"); // no effect

    CliRun extended = study.run("bench");

    assertThat(extended.code()).describedAs(extended.err()).isZero();
    Map<Path, FileTime> after = times(study.output());
    assertThat(after).containsAllEntriesOf(before);
    // validation, test and forecast of two adapters
    assertThat(after).hasSize(before.size() + 2 * 3);
  }

  @Test
  void threadsAndMemoryHaveToBePositive() {
    CliRun run = CliRun.of("bench", "--threads", "0", whole.file().toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.error().get(0)).contains("--threads and --memory must be at least 1, were 0");
  }

  private static List<Path> list(String name) throws IOException {
    try (Stream<Path> files = Files.list(whole.output().resolve(name))) {
      return files.toList();
    }
  }

  /** Modification times of the steps' files, leaving out those under way. */
  private static Map<Path, FileTime> times(Path output) throws IOException {
    Map<Path, FileTime> times = new TreeMap<>();
    for (String kind : List.of("experts", "scores", "statistics")) {
      if (!Files.isDirectory(output.resolve(kind))) {
        continue;
      }
      try (Stream<Path> files = Files.list(output.resolve(kind))) {
        for (Path file : files.filter(f -> !f.getFileName().toString().startsWith(".")).toList()) {
          times.put(file, Files.getLastModifiedTime(file));
        }
      }
    }
    return times;
  }
}
