package dev.orthant.cli;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.features.FisherFile;
import dev.orthant.core.features.FisherInformation;
import dev.orthant.core.testing.TinyModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The four commands of a study, end to end on a model of random weights. */
final class StudyCommandsTest {

  private static final List<String> STEPS = List.of("statistics", "train", "merge", "evaluate");
  private static final List<String> TASKS = List.of("acceptability", "field", "opinion");
  private static final List<String> ADAPTERS = List.of("lora", "lora-osrm", "moslora-osrm");
  private static final List<String> MERGERS = List.of("average", "task-arithmetic", "ties", "dare");

  /** Exact information from batches of other sizes, in single precision, relative. */
  private static final double BATCHED_OTHERWISE = 1e-3;

  @TempDir private static Path folder = Path.of("");
  private static Path base = Path.of("");

  @BeforeAll
  static void writeModel() {
    base = TinyModelFolder.write(folder.resolve("base"), 1);
  }

  @Test
  void aWholeStudyLeavesItsFilesAndIsReproducedBitForBit() throws IOException {
    TinyStudy first = TinyStudy.write(folder.resolve("first"), base, TinyStudy.FULL);
    TinyStudy second = TinyStudy.write(folder.resolve("second"), base, TinyStudy.FULL);

    runAll(first);
    runAll(second);

    for (String task : TASKS) {
      assertThat(first.output().resolve("statistics/" + task + ".safetensors")).isRegularFile();
      for (String adapter : ADAPTERS) {
        assertThat(names(first.output().resolve("adapters/" + task + "-" + adapter)))
            .contains(
                "adapter_config.json",
                "adapter_model.safetensors",
                "head.safetensors",
                "orthant.json");
      }
    }
    for (String merger : MERGERS) {
      for (String adapter : ADAPTERS) {
        assertThat(names(first.output().resolve("merged/" + merger + "/" + adapter)))
            .contains("adapter_config.json", "adapter_model.safetensors", "merge.json");
      }
    }
    assertThat(Files.readString(first.output().resolve("report.html")))
        .contains(
            "\"title\":\"Study out\"", "Principal angles", "timings-train.json", "merge.json");
    assertThat(first.output().resolve("results.json"))
        .hasSameBinaryContentAs(second.output().resolve("results.json"));
    assertThat(first.output().resolve("results.csv"))
        .hasSameBinaryContentAs(second.output().resolve("results.csv"));
    assertThat(first.output().resolve("interference.json"))
        .hasSameBinaryContentAs(second.output().resolve("interference.json"));
  }

  @Test
  void aSecondTrainingRepeatsNothing() throws IOException {
    TinyStudy study = TinyStudy.write(folder.resolve("again"), base, TinyStudy.SMALL);
    study.run("train");
    study.run("merge");
    Map<Path, Object> before = times(study.output());

    CliRun train = study.run("train");
    CliRun merge = study.run("merge");

    assertThat(train.code()).isZero();
    assertThat(merge.code()).isZero();
    assertThat(train.out().lines()).hasSize(2);
    assertThat(times(study.output())).containsAllEntriesOf(before);
  }

  @Test
  void anInterruptedTrainingGoesOnToTheSameResults() throws IOException {
    TinyStudy whole = TinyStudy.write(folder.resolve("whole"), base, TinyStudy.SMALL);
    TinyStudy parts = TinyStudy.write(folder.resolve("parts"), base, TinyStudy.SMALL);
    String file = parts.file().toString();

    CliRun inFirstEpoch = CliRun.stoppedAt("train opinion lora: 2/8", "train", file);
    CliRun inValidation = CliRun.stoppedAt("train opinion lora: 4/8", "train", file);
    CliRun inSecondTask = CliRun.stoppedAt("train thing lora: 6/8", "train", file);

    assertThat(inFirstEpoch.code()).isEqualTo(130);
    assertThat(inFirstEpoch.err().lines().reduce((a, b) -> b))
        .contains(
            "training was interrupted after step 2; it resumes from "
                + parts.output().resolve("training/opinion-lora/checkpoint-2"));
    assertThat(inValidation.code()).isEqualTo(130);
    assertThat(inValidation.err()).contains("after step 4").doesNotContain("error:");
    assertThat(inSecondTask.code()).isIn(0, 130); // 0 if it was trained beside the first by then
    assertThat(inSecondTask.err()).doesNotContain("error:");
    runAll(parts);
    runAll(whole);
    assertThat(parts.output().resolve("results.json"))
        .hasSameBinaryContentAs(whole.output().resolve("results.json"));
    assertThat(Leftovers.in(parts.folder())).isEmpty();
  }

  @Test
  void anotherConfigurationIsRefusedInTheSameOutput() throws IOException {
    TinyStudy study = TinyStudy.write(folder.resolve("changed"), base, TinyStudy.SMALL);
    runAll(study);
    Map<Path, Object> before = times(study.output());
    study.with("learning_rate: 1e-2", "learning_rate: 2e-2");

    for (String step : List.of("train", "merge", "evaluate")) {
      CliRun run = study.run(step);

      assertThat(run.code()).as(step).isEqualTo(1);
      assertThat(run.error())
          .containsExactly(
              "error: "
                  + study.output().resolve("adapters/opinion-lora")
                  + " was trained with another configuration (training.learning_rate was 0.01, is"
                  + " 0.02); choose another output or delete it");
    }
    assertThat(times(study.output())).isEqualTo(before);
  }

  @Test
  void anInterruptedTrainingDoesNotGoOnWithAnotherConfiguration() throws IOException {
    TinyStudy study = TinyStudy.write(folder.resolve("half"), base, TinyStudy.SMALL);
    CliRun.stoppedAt("train opinion lora: 2/8", "train", study.file().toString());
    study.with("seed: 7", "seed: 8");

    CliRun run = study.run("train");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.error())
        .singleElement()
        .asString()
        .contains("training/opinion-lora/checkpoint-2", "seed was 7, is 8");
  }

  @Test
  void movedFilesAreTheSameTask() throws IOException {
    TinyStudy study = TinyStudy.write(folder.resolve("moved"), base, TinyStudy.SMALL);
    study.run("train");
    Path train = study.folder().resolve("opinion-train.tsv");
    Files.move(train, study.folder().resolve("elsewhere.tsv"));
    study.with("opinion-train.tsv", "elsewhere.tsv");

    CliRun same = study.run("train");
    Files.writeString(study.folder().resolve("elsewhere.tsv"), "sentence\tverdict\nOh.\tgood\n");
    CliRun other = study.run("merge");

    assertThat(same.code()).as(same.err()).isZero();
    assertThat(other.error()).singleElement().asString().contains("(task.rows was ");
  }

  @Test
  void stepsOutOfOrderSayWhatIsMissing() throws IOException {
    TinyStudy study = TinyStudy.write(folder.resolve("order"), base, TinyStudy.SMALL);

    CliRun merge = study.run("merge");
    study.run("train");
    CliRun evaluate = study.run("evaluate");

    assertThat(merge.error()).singleElement().asString().contains("run 'orthant train' first");
    assertThat(evaluate.error()).singleElement().asString().contains("run 'orthant merge' first");
  }

  @Test
  void anInterruptedEvaluationLeavesNoResults() throws IOException {
    TinyStudy study = TinyStudy.write(folder.resolve("unscored"), base, TinyStudy.SMALL);
    study.run("train");
    study.run("merge");

    CliRun stopped = CliRun.stoppedAt("evaluate: 2/", "evaluate", study.file().toString());

    assertThat(stopped.code()).isEqualTo(130);
    assertThat(stopped.err().lines().reduce((a, b) -> b)).contains("interrupted");
    assertThat(study.output().resolve("results.json")).doesNotExist();
    assertThat(Leftovers.in(study.folder())).isEmpty();
  }

  @Test
  void aMergeThatNeedsTheTaskKeepsMasksAndIsMarked() throws IOException {
    TinyStudy study = TinyStudy.write(folder.resolve("masked"), base, TinyStudy.SMALL);
    study.with(
        "{name: average, type: average}",
        "{name: emr, type: emr}\n  - {name: ties-core, type: ties, space: core, after: [{type: svc}]}");

    runAll(study);

    assertThat(names(study.output().resolve("merged/emr/lora")))
        .contains("adapter_model.safetensors", "task_masks.safetensors");
    assertThat(names(study.output().resolve("merged/ties-core/lora")))
        .doesNotContain("task_masks.safetensors");
    assertThat(Files.readString(study.output().resolve("results.json")))
        .containsOnlyOnce("\"task_id\" : \"known\"");
  }

  @Test
  void fisherInformationIsCollectedOnceAndUsedByMergesOfFoldersToo() throws IOException {
    TinyStudy study = TinyStudy.write(folder.resolve("fisher"), base, TinyStudy.SMALL);
    study.with(
        "{name: average, type: average}",
        "{name: fisher, type: fisher}\n  - {name: batch, type: fisher, information: batch-sum}");
    Path opinion = study.output().resolve("adapters/opinion-lora");
    Path thing = study.output().resolve("adapters/thing-lora");
    study.run("train");

    CliRun collected = study.run("fisher");
    CliRun merged = study.run("merge");
    CliRun folders =
        CliRun.of(
            "merge",
            "--type",
            "fisher",
            "--output",
            study.folder().resolve("folders").toString(),
            opinion.toString(),
            thing.toString());
    CliRun wrong =
        CliRun.of(
            "merge",
            "--type",
            "fisher",
            "--fisher",
            opinion.resolve("fisher-batch-sum.safetensors")
                + ","
                + thing.resolve("fisher.safetensors"),
            "--output",
            study.folder().resolve("wrong").toString(),
            opinion.toString(),
            thing.toString());

    Path alone = study.folder().resolve("alone.safetensors");
    CliRun ofFiles =
        CliRun.of(
            "fisher",
            "collect",
            "--base",
            base.toString(),
            "--adapter",
            opinion.toString(),
            "--text-a",
            "sentence",
            "--rows",
            "40",
            "--output",
            alone.toString(),
            study.folder().resolve("opinion-train.tsv").toString());

    assertThat(ofFiles.code()).as(ofFiles.err()).isZero();
    FisherInformation fromFiles = FisherFile.read(alone);
    FisherInformation fromStudy = FisherFile.read(opinion.resolve("fisher.safetensors"));
    assertThat(fromFiles.task()).isEqualTo("opinion");
    assertThat(fromFiles.source()).isEqualTo(fromStudy.source());
    assertThat(fromFiles.examples()).isEqualTo(40);
    fromStudy
        .modules()
        .forEach(
            (module, values) ->
                assertThatTensor(fromFiles.modules().get(module))
                    .isCloseTo(values, 0, BATCHED_OTHERWISE));
    assertThat(collected.code()).as(collected.err()).isZero();
    assertThat(collected.out().lines())
        .containsExactly(
            opinion.resolve("fisher.safetensors").toString(),
            thing.resolve("fisher.safetensors").toString());
    assertThat(merged.code()).as(merged.err()).isZero();
    assertThat(opinion.resolve("fisher-batch-sum.safetensors")).isRegularFile();
    assertThat(folders.code()).as(folders.err()).isZero();
    assertThat(wrong.error())
        .containsExactly(
            "error: "
                + opinion.resolve("fisher-batch-sum.safetensors")
                + ": is batch-sum information, asked for is exact");
  }

  @Test
  void rulesThatAreFittedToTheModelGiveTheSameBitsAgain() throws IOException {
    String fitted =
        """
        {name: adamerging, type: adamerging, steps: 8, learning_rate: 0.05}
          - {name: per-task, type: adamerging, granularity: task, steps: 4}
          - {name: plusplus, type: adamerging-plusplus, steps: 4}
          - {name: regmean-plusplus, type: regmean-plusplus}
          - {name: iteris, type: iteris, iterations: 3}
        """
            .strip();
    List<String> mergers =
        List.of("adamerging", "per-task", "plusplus", "regmean-plusplus", "iteris");
    TinyStudy first = TinyStudy.write(folder.resolve("fitted"), base, TinyStudy.SMALL);
    TinyStudy second = TinyStudy.write(folder.resolve("refitted"), base, TinyStudy.SMALL);

    runAll(first.with("{name: average, type: average}", fitted));
    runAll(second.with("{name: average, type: average}", fitted));

    for (String merger : mergers) {
      Path file = Path.of("merged", merger, "lora", "adapter_model.safetensors");
      assertThat(first.output().resolve(file))
          .as(merger)
          .hasSameBinaryContentAs(second.output().resolve(file));
    }
    assertThat(first.output().resolve("results.json"))
        .hasSameBinaryContentAs(second.output().resolve("results.json"));
  }

  private static void runAll(TinyStudy study) {
    for (String step : STEPS) {
      CliRun run = study.run(step);

      assertThat(run.code()).as("%s: %s", step, run.err()).isZero();
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }

  /** When each file of results below a folder was written; the files of times are no results. */
  private static Map<Path, Object> times(Path folder) throws IOException {
    Map<Path, Object> times = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.getFileName().toString().startsWith("timings-")) {
          times.put(file, Files.getLastModifiedTime(file));
        }
      }
    }
    return times;
  }
}
