package dev.orthant.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.orthant.core.checkpoint.CheckpointWriter;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.PeftAdapterBuilder;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.testing.TinyModelFolder;
import dev.orthant.docs.Workplace.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The template of a third party's project: built by its own pom outside of this repository, its
 * tests run the contracts, its jar is dropped into a plug-in folder and used by the command.
 */
@DisabledOnOs(OS.WINDOWS)
final class PluginTemplateTest {

  private static final Path TEMPLATE = Path.of("examples/plugin-template");
  private static final String MODULE = "encoder.layer.0.attention.self.query";

  /** A few operations in single precision on numbers of order one. */
  private static final double ROUNDING = 1e-6;

  @TempDir private static Path root = Path.of("");
  private static Workplace work;
  private static Run built;

  @BeforeAll
  static void build() throws Exception {
    work = new Workplace(root);
    copy(TEMPLATE, work.folder().resolve("template"));
    built =
        work.run(
            """
            (cd template && mvn package)
            mkdir -p plugins/template
            cp template/target/orthant-plugin-template-0.1.0.jar plugins/template
            """);
  }

  @Test
  void itBuildsAndKeepsTheContracts() {
    assertThat(built.code()).as(built.output()).isZero();
    for (String kind :
        List.of("AgreementMean", "PlainLowRank", "QuietInputs", "NormLimit", "RepeatedWord")) {
      assertThat(built.output())
          .containsPattern("Tests run: \\d{2,}, Failures: 0.*" + kind + "Test");
    }
  }

  @Test
  void itIsBuiltAgainstThisVersion() throws IOException {
    assertThat(TEMPLATE.resolve("pom.xml"))
        .content()
        .contains("<orthant.version>" + Artifacts.version() + "</orthant.version>");
  }

  @Test
  void itsComponentsAreListedAndDescribed() throws Exception {
    Run listed = work.run("orthant plugins list --plugins plugins");
    Run described = work.run("orthant plugins describe agreement-mean --plugins plugins");

    assertThat(listed.output())
        .contains("agreement-mean", "plain-low-rank", "quiet-inputs", "norm-limit", "repeated-word")
        .contains("0.1.0, orthant-plugin-template-0.1.0.jar");
    assertThat(described.output())
        .contains("sharpness  number, at least 0; default 1.0")
        .contains("needs: task vectors")
        .contains("laws: identity of one, order invariant, zero to zero, positively homogeneous");
  }

  @Test
  void itsMergerMergesModelsAsTheyAreRead() throws Exception {
    model("base", 1, 1);
    model("a", 3, 3);
    model("b", 5, -1); // the deltas agree, 2 and 4, and do not, 2 and -2
    Files.writeString(
        work.folder().resolve("models.yaml"),
        """
        base: base
        models: [{path: a}, {path: b}]
        merger: {type: agreement-mean, lambda: 2}
        output: merged
        plugins: [plugins]
        """);

    Run run = work.run("orthant merge models.yaml");

    assertThat(run.code()).as(run.output()).isZero();
    try (HuggingFaceCheckpoint merged =
        HuggingFaceCheckpoint.open(work.folder().resolve("merged"))) {
      assertThat(merged.read("w").toFloatVector()).containsExactly(1 + 2 * 3, 1);
    }
  }

  @Test
  void itsMergerMergesAdapters() throws Exception {
    adapter("first", 2);
    adapter("second", 4);

    Run run =
        work.run(
            "ORTHANT_PLUGINS=plugins orthant merge --type agreement-mean --output both"
                + " --after '{type: norm-limit, max_norm: 1}' first second");

    assertThat(run.code()).as(run.output()).isZero();
    LoraDelta merged = PeftAdapterFolder.read(work.folder().resolve("both")).deltas().get(MODULE);
    // full of 3, [4, 4], of norm 12; brought to norm 1
    assertThat(merged.dense().getDouble(1, 2)).isCloseTo(0.25, within(ROUNDING));
  }

  @Test
  void itsAdapterConstraintAndTaskAreInStudies() throws Exception {
    TinyModelFolder.write(work.folder().resolve("tiny"), 1);
    Files.writeString(
        work.folder().resolve("study.yaml"),
        """
        base: {model: tiny, max_length: 16}
        tasks:
          - {name: long, type: repeated-word, words: 8, train_rows: 32, validation_rows: 8, test_rows: 8}
          - {name: short, type: repeated-word, words: 3, train_rows: 32, validation_rows: 8, test_rows: 8}
        adapters:
          - {name: own, type: plain-low-rank, rank: 2, constraint: {type: quiet-inputs, frozen: true}}
        training: {epochs: 1, batch_size: 16}
        mergers: [{name: mean, type: agreement-mean, sharpness: 0.5}]
        evaluation: {linear_probe: false, statistics_rows: 8}
        output: out
        plugins: [plugins]
        """);

    Run run =
        work.run(
            "orthant bench study.yaml", Map.of("ORTHANT_HOME", root.resolve("cache").toString()));

    assertThat(run.code()).as(run.output()).isZero();
    assertThat(work.folder().resolve("out/report.html"))
        .content()
        .contains("agreement-mean", "plain-low-rank", "quiet-inputs", "repeated-word");
  }

  @Test
  void itsRecordRefusesWhatIsWrongLikeOurs() throws Exception {
    model("base", 1, 1);
    Files.writeString(
        work.folder().resolve("wrong.yaml"),
        """
        base: base
        models: [{path: base}]
        merger: {type: agreement-mean, sharpness: -1, lamda: 2}
        output: wrong
        """);

    Run wrong = work.run("orthant merge wrong.yaml --plugins plugins");
    Run unknown = work.run("orthant merge wrong.yaml");

    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.output())
        .contains("sharpness must be at least 0, was -1")
        .contains("did you mean 'lambda'?");
    assertThat(unknown.output()).contains("unknown merger 'agreement-mean'");
    assertThat(work.folder().resolve("wrong")).doesNotExist();
  }

  private static void model(String name, float first, float second) {
    INDArray values = Nd4j.createFromArray(first, second);
    new CheckpointWriter(JsonNodeFactory.instance.objectNode().put("model_type", "tiny"))
        .add("w", Dtype.F32, values.shape(), () -> values)
        .write(work.folder().resolve(name), true);
  }

  /** An adapter whose delta [4, 4] is full of a number. */
  private static void adapter(String name, double value) throws IOException {
    LoraDelta delta =
        new LoraDelta(
            Nd4j.valueArrayOf(new long[] {4, 1}, value, DataType.FLOAT),
            Nd4j.ones(DataType.FLOAT, 1, 4),
            1);
    PeftAdapterFolder.writeInto(
        Files.createDirectories(work.folder().resolve(name)),
        new PeftAdapterBuilder().taskType("FEATURE_EXTRACTION").fromDeltas(Map.of(MODULE, delta)));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path relative = from.relativize(file);
        if (Files.isRegularFile(file) && !relative.startsWith("target")) {
          Path target = to.resolve(relative);
          Files.createDirectories(target.getParent());
          Files.copy(file, target);
        }
      }
    }
  }
}
