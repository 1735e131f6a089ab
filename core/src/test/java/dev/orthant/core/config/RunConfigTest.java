package dev.orthant.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.features.StatisticsSource.Unit;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.plugin.Plugin;
import dev.orthant.core.spi.Hold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunConfigTest {

  private static final String YAML =
      """
      base: {model: ./base, max_length: 64}
      tasks:
        - {name: acceptability, source: "fake-task:acceptability", train_rows: 3000}
        - {name: mine, train: data/train.tsv, validation: data/dev.tsv, test: /abs/test.tsv,
           text_a: sentence, text_b: null, label: label, labels: [bad, good], regression: false,
           metric: accuracy}
      adapters:
        - {name: plain, type: fake-adapter, constrained: false, rank: 8, alpha: 16}
        - {name: held, type: fake-adapter, constrained: true}
      constraint: {type: fake-constraint, hold: projected}
      training: {epochs: 3, batch_size: 32, learning_rate: 2e-3}
      mergers:
        - {name: sum, type: fake-merger, grid: {lambda: [0.3, 0.5, 1.0], sign: [+1, -1]}}
      evaluation: {batch_size: 32, controls: [random, random]}
      seed: 7
      output: out
      plugins: [plugins]
      """;

  private static final Catalog CATALOG =
      new Catalog(
          List.of(
              Plugin.of(Kind.ADAPTER, new FakeComponents.FakeAdapter()),
              Plugin.of(Kind.CONSTRAINT, new FakeComponents.FakeConstraint()),
              Plugin.of(Kind.MERGER, new FakeComponents.FakeMerger()),
              Plugin.of(Kind.TASK, new FakeComponents.FakeTask())),
          List.of());

  private final ConfigDecoder decoder = new ConfigDecoder();

  @TempDir Path temporary;
  private Path folder;

  @BeforeEach
  void resolveLinks() throws IOException {
    folder = temporary.toRealPath();
  }

  @Test
  void readsAWholeRun() {
    RunConfig run = read(YAML);

    assertThat(run.base().folder()).contains(folder.resolve("base"));
    assertThat(run.base().maxLength()).isEqualTo(64);
    assertThat(run.tasks().get(0).source()).isEqualTo("fake-task:acceptability");
    assertThat(run.tasks().get(0).trainRows()).isEqualTo(3000);
    assertThat(run.tasks().get(0).testRows()).isNull();
    assertThat(run.tasks().get(1).train()).isEqualTo(folder.resolve("data/train.tsv"));
    assertThat(run.tasks().get(1).test()).isEqualTo(Path.of("/abs/test.tsv"));
    assertThat(run.tasks().get(1).labels()).containsExactly("bad", "good");
    assertThat(run.adapters()).extracting(AdapterSpec::constrained).containsExactly(false, true);
    assertThat(run.training().get("epochs").intValue()).isEqualTo(3);
    assertThat(run.evaluation())
        .isEqualTo(
            new EvaluationSpec(
                32, true, 100, Unit.TOKENS, List.of(), List.of(), List.of(Control.RANDOM), false));
    assertThat(run.seed()).isEqualTo(7);
    assertThat(run.output()).isEqualTo(folder.resolve("out"));
    assertThat(run.plugins()).containsExactly(folder.resolve("plugins"));
    run.validate(CATALOG, decoder, "run.yaml");
  }

  @Test
  void whatIsLeftOutHasDefaults() {
    RunConfig run =
        read("{base: {model: 'maven:all-minilm-l6-v2'}, tasks: [{name: a, source: 'package:a'}]}");

    assertThat(run.base()).isEqualTo(new BaseSpec("maven:all-minilm-l6-v2", 128));
    assertThat(run.base().folder()).isEmpty();
    assertThat(run.base().mavenName()).contains("all-minilm-l6-v2");
    assertThat(run.adapters()).isEmpty();
    assertThat(run.constraint()).isNull();
    assertThat(run.training()).isEmpty();
    assertThat(run.mergers()).isEmpty();
    assertThat(run.evaluation()).isEqualTo(EvaluationSpec.defaults());
    assertThat(run.seed()).isEqualTo(42);
    assertThat(run.output()).isEqualTo(folder.resolve("out"));
  }

  @Test
  void whatIsEncodedDecodesToAnEqualRun() {
    RunConfig run = read(YAML);

    RunConfig again = decoder.decode(new ConfigEncoder().toYaml(run), RunConfig.class, null);

    assertThat(again).isEqualTo(run);
  }

  @Test
  void componentsDecodeTheirOwnConfiguration() {
    RunConfig run = read(YAML);

    FakeComponents.AdapterConfig adapter =
        run.adapters().get(0).config(new FakeComponents.FakeAdapter(), decoder);
    FakeComponents.ConstraintConfig constraint =
        run.constraint().config(new FakeComponents.FakeConstraint(), decoder);

    assertThat(adapter).isEqualTo(new FakeComponents.AdapterConfig(8, 16));
    assertThat(constraint.hold()).isEqualTo(Hold.Projected.defaults());
  }

  @Test
  void anAdaptersOwnConstraintTakesPrecedenceOverTheRuns() {
    RunConfig run =
        read(
            YAML.replace(
                "adapters:",
                """
                adapters:
                  - {name: own, type: fake-adapter, constraint: {type: fake-constraint, hold: frozen}}\
                """));

    assertThat(run.adapters())
        .extracting(
            adapter -> run.constraintOf(adapter).map(c -> c.settings().path("hold").asText()))
        .containsExactly(Optional.of("frozen"), Optional.empty(), Optional.of("projected"));
    run.validate(CATALOG, decoder, "run.yaml");
  }

  @Test
  void anAdaptersOwnConstraintIsChecked() {
    RunConfig run =
        read(
            YAML.replaceAll("constraint: .*\n", "")
                .replace("constrained: true", "constraint: {type: fake-constraint, hld: frozen}"));

    ConfigurationException refused =
        catchThrowableOfType(
            ConfigurationException.class, () -> run.validate(CATALOG, decoder, "run.yaml"));

    assertThat(refused.problems())
        .extracting(Problem::toString)
        .containsExactly("adapters[1].constraint.hld: unknown key, did you mean 'hold'?");
  }

  @Test
  void aGridGivesEveryCombinationWithTheLastKeyChangingFastest() {
    List<MergerSpec> candidates = read(YAML).mergers().get(0).candidates();

    assertThat(candidates)
        .extracting(spec -> spec.settings().toString())
        .containsExactly(
            "{\"lambda\":0.3,\"sign\":1}",
            "{\"lambda\":0.3,\"sign\":-1}",
            "{\"lambda\":0.5,\"sign\":1}",
            "{\"lambda\":0.5,\"sign\":-1}",
            "{\"lambda\":1.0,\"sign\":1}",
            "{\"lambda\":1.0,\"sign\":-1}");
  }

  @Test
  void withoutAGridThereIsOneCandidate() {
    JsonNode node = decoder.parse("{name: a, type: fake-merger, lambda: 0.5}");

    MergerSpec spec = decoder.decode(node, MergerSpec.class, null);

    assertThat(spec.candidates()).containsExactly(spec);
  }

  @Test
  void tellsAllProblemsOfTheComponentsWithTheirPaths() {
    String yaml =
        YAML.replace("rank: 8, alpha: 16", "rank: 0, alpa: 16")
            .replace("type: fake-constraint", "type: fake-constrain")
            .replace("[0.3, 0.5, 1.0], sign:", "[0.3, -0.5, x], sing:");
    RunConfig run = read(yaml);

    ConfigurationException refused =
        catchThrowableOfType(
            ConfigurationException.class, () -> run.validate(CATALOG, decoder, "run.yaml"));

    assertThat(refused).hasMessageStartingWith("run.yaml: 6 problems");
    assertThat(refused.problems())
        .extracting(Problem::toString)
        .satisfiesExactlyInAnyOrder(
            p -> assertThat(p).isEqualTo("adapters[0].rank: rank must be at least 1, was 0"),
            p -> assertThat(p).isEqualTo("adapters[0].alpa: unknown key, did you mean 'alpha'?"),
            p ->
                assertThat(p)
                    .startsWith(
                        "constraint.type: unknown constraint 'fake-constrain', did you mean"
                            + " 'fake-constraint'?"),
            p ->
                assertThat(p)
                    .isEqualTo("mergers[0].grid.lambda[1]: lambda must be at least 0, was -0.5"),
            p -> assertThat(p).isEqualTo("mergers[0].grid.lambda[2]: must be a number, was 'x'"),
            p ->
                assertThat(p)
                    .isEqualTo("mergers[0].grid.sing[0]: unknown key, did you mean 'sign'?"));
  }

  @Test
  void aMergersSpaceAndTransformsAreChecked() {
    String yaml =
        YAML.replace(
            "type: fake-merger,",
            "type: fake-merger, space: knots, before: [{type: none}], after: [{type: nothing}],");
    RunConfig run = read(yaml);

    ConfigurationException refused =
        catchThrowableOfType(
            ConfigurationException.class, () -> run.validate(CATALOG, decoder, "run.yaml"));

    assertThat(refused.problems())
        .extracting(Problem::toString)
        .satisfiesExactlyInAnyOrder(
            p ->
                assertThat(p)
                    .isEqualTo(
                        "mergers[0].space: must be one of full, core for 'fake-merger', was knots"),
            p -> assertThat(p).startsWith("mergers[0].before[0].type: unknown transform 'none'"),
            p -> assertThat(p).startsWith("mergers[0].after[0].type: unknown transform 'nothing'"));
  }

  @Test
  void aTaskNamesASourceInFullOrInShort() {
    RunConfig run =
        read(
            """
            base: {model: base}
            tasks:
              - {name: full, type: fake-task, task: two, folder: data}
              - {name: short, source: "fake-task:three"}
            """);

    run.validate(CATALOG, decoder, "run.yaml");
    assertThat(run.tasks())
        .extracting(t -> t.component().orElseThrow().config(new FakeComponents.FakeTask(), decoder))
        .containsExactly(
            new FakeComponents.TaskConfig("two", folder.resolve("data")),
            new FakeComponents.TaskConfig("three", Path.of("rows")));
  }

  @Test
  void aTaskCanBeAFileOfItsOwn() throws IOException {
    Files.createDirectories(folder.resolve("tasks/rows"));
    Files.writeString(
        folder.resolve("tasks/mine.yaml"),
        "{train: rows/train.tsv, text_a: sentence, label: label, metric: f1, train_rows: 10}");

    RunConfig run =
        read("{base: {model: base}, tasks: [{name: a, file: tasks/mine.yaml, train_rows: 20}]}");

    TaskSpec task = run.tasks().get(0);
    assertThat(task.name()).isEqualTo("a");
    assertThat(task.train()).isEqualTo(folder.resolve("tasks/rows/train.tsv"));
    assertThat(task.metric()).isEqualTo("f1");
    assertThat(task.trainRows()).isEqualTo(20);
  }

  @Test
  void tellsWhatIsWrongWithTasks() {
    String yaml =
        """
        base: {model: base}
        tasks:
          - {name: a, type: fake-tusk}
          - {name: b, source: "fake-task:one", foldr: x}
          - {name: c, source: "other:one"}
        """;

    ConfigurationException refused =
        catchThrowableOfType(
            ConfigurationException.class, () -> read(yaml).validate(CATALOG, decoder, "run.yaml"));

    assertThat(refused.problems())
        .extracting(Problem::toString)
        .satisfiesExactly(
            p ->
                assertThat(p)
                    .startsWith(
                        "tasks[0].type: unknown task 'fake-tusk', did you mean 'fake-task'?"),
            p -> assertThat(p).isEqualTo("tasks[1].foldr: unknown key, did you mean 'folder'?"),
            p -> assertThat(p).startsWith("tasks[2].source: unknown task 'other'"));
    assertThat(problem("{base: {model: b}, tasks: [{name: a, train: x, txt_a: y}]}"))
        .isEqualTo("tasks[0]: a task has no key 'txt_a', did you mean 'text_a'?");
    assertThat(problem("{base: {model: b}, tasks: [{name: a, source: x}]}"))
        .isEqualTo(
            "tasks[0].source: source must be a type, ':' and a task, such as"
                + " package:acceptability, was 'x'");
    assertThat(problem("{base: {model: b}, tasks: [{name: a, source: 'x:y', text_a: z}]}"))
        .isEqualTo(
            "tasks[0]: a task needs text_a, text_b, label, labels and regression only with files of"
                + " rows (train, validation, test)");
  }

  @Test
  void tellsAllProblemsOfTheFile() {
    String yaml =
        """
        base: {modle: ./base}
        tasks:
          - {name: Bad Name, source: "package:x"}
          - {name: both, source: "package:x", train: a.tsv}
          - {name: rows, source: "package:x", train_rows: 0}
        adapter: []
        evaluation: {batch_size: 0, statistics_rows: 0}
        """;

    ConfigurationException refused =
        catchThrowableOfType(ConfigurationException.class, () -> read(yaml));

    assertThat(refused.source()).endsWith("run.yaml");
    assertThat(refused.problems())
        .extracting(Problem::toString)
        .containsExactlyInAnyOrder(
            "base.model: is required",
            "base.modle: unknown key, did you mean 'model'?",
            "tasks[0].name: name must be [a-z0-9][a-z0-9-]*, was 'Bad Name'",
            "tasks[1]: a task needs either a type, a source, a file, or files of rows (train,"
                + " validation, test), and has several",
            "tasks[2].train_rows: train_rows must be at least 1, was 0",
            "adapter: unknown key, did you mean 'adapters'?",
            "evaluation.batch_size: batch_size must be at least 1, was 0",
            "evaluation.statistics_rows: statistics_rows must be at least 1, was 0");
  }

  @Test
  void refusesWhatDoesNotFitTogether() {
    assertThat(problem(YAML.replace("name: held", "name: plain")))
        .isEqualTo("adapters: adapters must have different names, two are 'plain'");
    assertThat(problem(YAML.replaceAll("constraint: .*\n", "")))
        .isEqualTo("constraint: constraint must be there, adapter 'held' is to be constrained");
    assertThat(problem(YAML.replace("sign: [+1, -1]", "sign: []")))
        .isEqualTo("mergers[0].grid: grid must have values to try for 'sign', has none");
    assertThat(problem(YAML.replace("type: fake-merger,", "type: fake-merger, sign: 1,")))
        .isEqualTo("mergers[0].grid: grid must not have 'sign', which is set beside it");
    assertThat(problem(YAML.replaceAll("(?s)tasks:.*adapters:", "tasks: []\nadapters:")))
        .isEqualTo("tasks: tasks must have at least one, has none");
  }

  private String problem(String yaml) {
    ConfigurationException refused =
        catchThrowableOfType(ConfigurationException.class, () -> read(yaml));
    assertThat(refused.problems()).hasSize(1);
    return refused.problems().get(0).toString();
  }

  private RunConfig read(String yaml) {
    try {
      return RunConfig.read(Files.writeString(folder.resolve("run.yaml"), yaml), decoder);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
