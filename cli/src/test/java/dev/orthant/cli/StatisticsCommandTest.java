package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.features.StatisticsFile;
import dev.orthant.core.features.StatisticsSource.Unit;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.testing.TinyModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statistics as files of their own: collected, added up, and used for tasks of other owners. */
final class StatisticsCommandTest {

  /** Batches differ between the whole and its parts, and each is a product in single precision. */
  private static final double ROUNDING = 1e-6;

  private static final String QUERY = "encoder.layer.1.attention.self.query";

  @TempDir private static Path folder = Path.of("");
  private static Path base = Path.of("");
  private static Path other = Path.of("");
  private static TinyStudy study = new TinyStudy(folder);

  @BeforeAll
  static void write() throws IOException {
    base = TinyModelFolder.write(folder.resolve("base"), 1);
    other = TinyModelFolder.write(folder.resolve("other"), 2);
    study = TinyStudy.write(folder.resolve("study"), base, TinyStudy.SMALL);
  }

  @Test
  void shardsAddUpToTheWhole() throws IOException {
    List<String> lines = Files.readAllLines(study.folder().resolve("opinion-train.tsv"));
    Path first = shard("first.tsv", lines, 1, 23);
    Path second = shard("second.tsv", lines, 23, lines.size());
    Path whole = collect("whole", study.folder().resolve("opinion-train.tsv"));

    CliRun merge =
        CliRun.of(
            "statistics",
            "merge",
            collect("first", first).toString(),
            collect("second", second).toString(),
            "-o",
            folder.resolve("sum.safetensors").toString());

    assertThat(merge.code()).as(merge.err()).isZero();
    FeatureStatistics expected = features(whole);
    FeatureStatistics sum = features(folder.resolve("sum.safetensors"));
    assertThat(sum.count()).isEqualTo(expected.count());
    assertClose(sum.sum(), expected.sum());
    assertClose(sum.gram(), expected.gram());
  }

  @Test
  void collectedStatisticsEqualTheStudys() throws IOException {
    TinyStudy own = TinyStudy.write(folder.resolve("own"), base, TinyStudy.SMALL);
    assertThat(own.run("statistics").code()).isZero();

    Path collected = collect("same", own.folder().resolve("opinion-train.tsv"), "--rows", "40");

    TaskStatistics there =
        StatisticsFile.read(own.output().resolve("statistics/opinion.safetensors"));
    TaskStatistics here = StatisticsFile.read(collected);
    assertThat(here.source()).isEqualTo(there.source());
    assertThat(here.modules().keySet()).isEqualTo(there.modules().keySet());
    assertClose(features(collected).gram(), there.modules().get(QUERY).gram());
  }

  @Test
  void meansAreOneVectorAnExample() {
    Path file = collect("means", study.folder().resolve("opinion-train.tsv"), "--of", "means");

    TaskStatistics statistics = StatisticsFile.read(file);
    assertThat(statistics.source().unit()).isEqualTo(Unit.MEANS);
    assertThat(features(file).count()).isEqualTo(60);
  }

  @Test
  void sketchesKeepTheLeadingDirectionsInFewerRows() {
    Path data = study.folder().resolve("opinion-train.tsv");

    FeatureStatistics sketch = features(collect("sketch", data, "--sketch", "12"));

    FeatureStatistics whole = features(collect("unsketched", data));
    assertThat(sketch.sketch().orElseThrow()).hasSizeLessThanOrEqualTo(12 * 32);
    assertThat(sketch.count()).isEqualTo(whole.count());
    assertClose(sketch.sum(), whole.sum());
    for (int i = 0; i < 32; i++) {
      double missing = whole.gram()[i * 33] - sketch.gram()[i * 33];
      assertThat(missing).isBetween(-ROUNDING * whole.gram()[0], sketch.lost() * (1 + ROUNDING));
    }
  }

  @Test
  void aPartlyMergedModelIsAnotherSource() throws IOException {
    TinyStudy trained = TinyStudy.write(folder.resolve("trained"), base, TinyStudy.SMALL);
    assertThat(trained.run("train").code()).isZero();
    Path data = study.folder().resolve("opinion-train.tsv");

    Path plain = collect("plain", data);
    Path merged =
        collect(
            "merged",
            data,
            "--adapter",
            trained.output().resolve("adapters/thing-lora").toString());
    CliRun merge =
        CliRun.of(
            "statistics",
            "merge",
            plain.toString(),
            merged.toString(),
            "-o",
            path("no").toString());

    assertThat(merge.code()).isNotZero();
    assertThat(merge.err())
        .contains("merged.safetensors", "statistics do not add up", "of another base model");
    assertThat(features(merged).gram()).isNotEqualTo(features(plain).gram());
  }

  @Test
  void statisticsOfFurtherTasksConstrainWithoutTheirData() throws IOException {
    TinyStudy both = constrained("both", "");
    TinyStudy alone = constrained("alone", "");
    alone.with(line(alone, "- {name: thing"), "");
    Path given =
        collect("thing", "thing", base, both.folder().resolve("thing-train.tsv"), "--rows", "40");
    alone.with(
        "statistics_rows: 40", "statistics_rows: 40, other_statistics: [%s]".formatted(given));

    assertThat(both.run("train").code()).isZero();
    CliRun train = alone.run("train");

    assertThat(train.code()).as(train.err()).isZero();
    assertThat(alone.output().resolve("adapters/opinion-lora/adapter_model.safetensors"))
        .hasSameBinaryContentAs(
            both.output().resolve("adapters/opinion-lora/adapter_model.safetensors"));
  }

  @Test
  void otherStatisticsThatDoNotFitAreRefusedWithTheReason() throws IOException {
    Path data = study.folder().resolve("thing-train.tsv");
    Path own = collect("own-task", "opinion", base, data);
    Path foreign = collect("foreign", "further", other, data);
    Path fewer = collect("fewer", "fewer", base, data, "--modules", "query", "--of", "means");
    TinyStudy refused =
        constrained("refused", "other_statistics: [%s, %s, %s], ".formatted(own, foreign, fewer));

    CliRun run = refused.run("train");

    assertThat(run.code()).isNotZero();
    assertThat(run.err())
        .contains(
            "own-task.safetensors is of task 'opinion', which is in this study, too",
            "foreign.safetensors is of another base model (",
            "fewer.safetensors is of means of examples, expected tokens, and without 2 of 4 modules,"
                + " among them encoder.layer.0.attention.self.value");
    assertThat(refused.output().resolve("adapters")).doesNotExist();
  }

  @Test
  void badRequestsAreRefused() {
    Path file = collect("bad", study.folder().resolve("thing-train.tsv"));

    assertThat(CliRun.of("statistics").err()).contains("Missing required parameter: 'FILE'");
    assertThat(CliRun.of("statistics", "merge", file.toString(), file.toString(), "-o", "x").err())
        .contains("is named twice, its data would count twice");
    assertThat(
            CliRun.of("statistics", "merge", file.toString(), "gone", "-o", file.toString()).err())
        .contains("bad.safetensors: exists; --force replaces it");
    assertThat(CliRun.of("statistics", "merge", file.toString(), "gone", "-o", "x").err())
        .contains("gone: there is no such file");
  }

  private static TinyStudy constrained(String name, String evaluation) throws IOException {
    return TinyStudy.write(folder.resolve(name), base, TinyStudy.SMALL)
        .with("rank: 4}", "rank: 4, constraint: {type: osrm}}")
        .with("epochs: 2", "epochs: 1")
        .with("batch_size: 16, linear_probe", "batch_size: 64, linear_probe") // collect's
        .with("evaluation: {", "evaluation: {" + evaluation);
  }

  private static String line(TinyStudy of, String start) throws IOException {
    return Files.readAllLines(of.file()).stream()
        .filter(line -> line.strip().startsWith(start))
        .findFirst()
        .orElseThrow();
  }

  private static Path collect(String name, Path data, String... options) {
    return collect(name, "opinion", base, data, options);
  }

  private static Path collect(String name, String task, Path model, Path data, String... options) {
    Path file = path(name);
    List<String> args =
        new ArrayList<>(
            List.of(
                "statistics",
                "collect",
                "--base",
                model.toString(),
                "--task",
                task,
                "--text-a",
                "sentence",
                "--max-length",
                "32",
                "-o",
                file.toString()));
    args.addAll(Arrays.asList(options));
    args.add(data.toString());
    CliRun run = CliRun.of(args.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    return file;
  }

  private static Path path(String name) {
    return folder.resolve(name + ".safetensors");
  }

  private static Path shard(String name, List<String> lines, int from, int to) throws IOException {
    List<String> part = new ArrayList<>(List.of(lines.get(0)));
    part.addAll(lines.subList(from, to));
    return Files.write(folder.resolve(name), part);
  }

  private static FeatureStatistics features(Path file) {
    return StatisticsFile.read(file).modules().get(QUERY);
  }

  private static void assertClose(double[] actual, double[] expected) {
    double scale = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(ROUNDING * scale));
    }
  }
}
