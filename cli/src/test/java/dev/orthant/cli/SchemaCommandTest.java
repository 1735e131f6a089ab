package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schemas, judged by a validator that is not ours. */
final class SchemaCommandTest {

  private static final Pattern YAML = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);

  private static final JsonSchema STUDY = schema("study");
  private static final JsonSchema MERGE = schema("merge");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../docs/studies/osrm.yaml",
        "../docs/studies/moslora.yaml",
        "src/main/resources/dev/orthant/cli/quickstart.yaml"
      })
  void theStudiesThatWeShipAreValid(String file) throws IOException {
    String text = Files.readString(Path.of(file)).replace("${seed}", "1");

    assertThat(problems(STUDY, text)).isEmpty();
  }

  @Test
  void theSchemasAreValidThemselves() {
    JsonSchema dialect =
        JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(com.networknt.schema.SchemaLocation.of(STUDY_DIALECT));

    assertThat(dialect.validate(STUDY.getSchemaNode())).isEmpty();
    assertThat(dialect.validate(MERGE.getSchemaNode())).isEmpty();
  }

  @Test
  void whatAStudyCanSayIsValid() {
    assertThat(
            problems(
                STUDY,
                """
                base: {model: maven:all-minilm-l6-v2, max_length: 64}
                tasks:
                  - {name: a, type: package, task: word-class, train_rows: 10}
                  - {name: b, source: "package:acceptability", metric: f1}
                  - {name: c, train: c.tsv, text_a: s, label: l, labels: [x, 1]}
                  - {name: d, file: d.yaml, folder: data}
                adapters:
                  - {name: a, type: lora, rank: 4, target_modules: query, training: {epochs: 2}}
                  - {name: b, type: moslora, mixer_init: {subspaces: 4}, constrained: true}
                  - {name: c, type: lora, constraint: {type: osrm, hold: {penalty: 0.5}}}
                  - {name: d, type: lora, constraint: {type: osrm, hold: {projected: {energy: 0.9}}}}
                constraint: {type: osrm, hold: projected}
                training: {learning_rate: 2e-3, coto: {until: 0.5}}
                mergers:
                  - {name: ties, type: ties, density: 1, space: core, after: [{type: compress, rank: 8}]}
                  - {name: ta, type: task-arithmetic, grid: {lambda: [0.3, 1]}}
                evaluation: {controls: [multi-task], comparisons: [{adapter: a, against: b}]}
                seeds: [1, 2]
                """))
        .isEmpty();
  }

  /** Each of these the decoder refuses too. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mergers: [{name: m, type: tise}]                              | type
          mergers: [{name: m, type: ties, densty: 0.3}]                 | densty
          mergers: [{name: m, type: ties, density: 0}]                  | density
          mergers: [{name: m, type: ties, density: 1.5}]                | density
          mergers: [{name: m, type: ties, profile: papre}]              | profile
          mergers: [{name: m, type: ties, grid: {lambda: 3}}]           | lambda
          mergers: [{type: ties}]                                       | name
          adapters: [{name: a, type: lora, rank: 0}]                    | rank
          adapters: [{name: a, type: lora, rank: 2.5}]                  | rank
          adapters: [{name: a, type: moslora, mixer_init: {subspaces: 1}}] | subspaces
          constraint: {type: osrm, hold: frozn}                         | hold
          training: {epoch: 3}                                          | epoch
          training: {warmup_ratio: 1}                                   | warmup_ratio
          evaluation: {batch_size: 0}                                   | batch_size
          task: []                                                      | task
          """)
  void mistakesAreFound(String part, String named) {
    String study = "base: {model: m}\ntasks: [{name: t, source: \"package:acceptability\"}]\n";

    assertThat(problems(STUDY, study)).isEmpty();
    assertThat(problems(STUDY, study + part)).anyMatch(problem -> problem.contains(named));
  }

  /** Blocks that are whole files. Those of the plug-in guide, with its own merger, are run. */
  @Test
  void theFilesThatPagesShowAreValid() throws IOException {
    List<String> problems = new ArrayList<>();
    int found = 0;
    for (Path page : pages()) {
      Matcher block = YAML.matcher(Files.readString(page));
      while (block.find()) {
        JsonNode tree = new ConfigDecoder().parse(block.group(1));
        boolean study = tree.has("base") && tree.has("tasks");
        if (study || tree.has("merger")) {
          found++;
          (study ? STUDY : MERGE).validate(tree).forEach(p -> problems.add(page + ": " + p));
        }
      }
    }

    assertThat(problems).isEmpty();
    assertThat(found).isGreaterThan(1);
  }

  private static boolean isPage(Path file) {
    String name = file.toString();
    return name.endsWith(".md") && !name.endsWith("plugins.md") && !name.contains("target");
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("../docs"))) {
      return files.filter(SchemaCommandTest::isPage).sorted().toList();
    }
  }

  @Test
  void aTaskOfFilesHasNoKeysOfASource() {
    String rest = "base: {model: m}\ntasks: [{name: t, train: t.tsv, txt_a: s}]\n";

    assertThat(problems(STUDY, rest)).anyMatch(problem -> problem.contains("txt_a"));
  }

  @Test
  void mergeFilesHaveASchemaOfTheirOwn() {
    String merge =
        """
        base: models/base
        models:
          - {path: models/a, weight: 0.6}
          - {path: models/b, weight: 0.4, density: 0.1}
        merger: {type: ties, density: 0.2}
        dtype: bfloat16
        memory: 2g
        """;

    assertThat(problems(MERGE, merge)).isEmpty();
    assertThat(problems(MERGE, merge.replace("dtype", "dtyp"))).isNotEmpty();
    assertThat(problems(MERGE, merge.replace("type: ties", "type: tise"))).isNotEmpty();
    assertThat(problems(MERGE, merge.replace("density: 0.2", "density: 2"))).isNotEmpty();
  }

  @Test
  void thePluginsOfAFolderAreInIt(@TempDir Path folder) throws IOException {
    new PluginJar().merger("Own", "own-mean").write(folder.resolve("own/own.jar"));

    JsonNode schema = tree("schema", "merge", "--plugins", folder.toString());

    JsonNode lambda = schema.at("/$defs/merger-own-mean/properties/lambda");
    assertThat(lambda.get("exclusiveMinimum").intValue()).isZero();
    assertThat(lambda.get("default").doubleValue()).isEqualTo(1);
  }

  private static final String STUDY_DIALECT = "https://json-schema.org/draft/2020-12/schema";

  private static JsonSchema schema(String of) {
    ObjectNode tree = (ObjectNode) tree("schema", of);
    assertThat(tree.get("$schema").textValue()).isEqualTo(STUDY_DIALECT);
    return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(tree);
  }

  private static JsonNode tree(String... command) {
    CliRun run = CliRun.of(command);
    assertThat(run.code()).as(run.err()).isZero();
    try {
      return JsonMapper.builder().build().readTree(run.out());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> problems(JsonSchema schema, String yaml) {
    return schema.validate(new ConfigDecoder().parse(yaml)).stream()
        .map(ValidationMessage::toString)
        .toList();
  }
}
