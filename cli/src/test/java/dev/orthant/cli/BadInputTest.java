package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.testing.TinyModelFolder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * What users get wrong ends with one error that names the thing and what would be right, and leaves
 * nothing half-written.
 */
final class BadInputTest {

  @TempDir private static Path shared = Path.of("");
  private static Path base = Path.of("");
  private static TinyStudy trained = new TinyStudy(Path.of(""));

  private Path folder = Path.of("");

  @BeforeAll
  static void writeModel() throws IOException {
    base = TinyModelFolder.write(shared.resolve("base"), 1);
    trained = TinyStudy.write(shared.resolve("trained"), base, TinyStudy.SMALL);
    assertThat(trained.run("train").code()).isZero();
  }

  @BeforeEach
  void useOwnFolder(TestInfo test) {
    folder = shared.resolve(test.getTestMethod().orElseThrow().getName());
  }

  // The base model

  @Test
  void missingCheckpointFolder() throws IOException {
    Path nowhere = folder.resolve("no/model");

    String error = refusal(study(nowhere));

    assertThat(error).isEqualTo(nowhere + ": there is no such folder");
  }

  @Test
  void truncatedWeights() throws IOException {
    Path model = copyOfBase();
    Path weights = model.resolve("model.safetensors");
    try (RandomAccessFile file = new RandomAccessFile(weights.toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }

    String error = refusal(study(model));

    assertThat(error).startsWith(weights + ": ").contains("bytes");
  }

  @Test
  void headerThatLiesAboutOffsets() throws IOException {
    Path model = copyOfBase();
    Path weights = model.resolve("model.safetensors");
    replaceInHeader(weights, "\"data_offsets\":[0,", "\"data_offsets\":[9,");

    String error = refusal(study(model));

    assertThat(error).startsWith(weights + ": ").contains("offset");
  }

  @Test
  void tensorOfAnotherShape() throws IOException {
    Path model = copyOfBase();
    replaceInHeader(model.resolve("model.safetensors"), "\"shape\":[64,32]", "\"shape\":[32,64]");

    String error = refusal(study(model));

    assertThat(error)
        .startsWith(model.toString())
        .contains("' has shape [32, 64], expected [64, 32]");
  }

  @Test
  void missingTensor() throws IOException {
    Path model = copyOfBase();
    replaceInHeader(
        model.resolve("model.safetensors"),
        "attention.self.query.bias",
        "attention.self.quary.bias");

    String error = refusal(study(model));

    assertThat(error)
        .startsWith(model.toString())
        .contains("attention.self.query.bias' [32] is missing");
  }

  @Test
  void anotherKindOfModel() throws IOException {
    Path model = copyOfBase();
    Path config = model.resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("\"bert\"", "\"bart\""));

    String error = refusal(study(model));

    assertThat(error)
        .startsWith(model.toString())
        .contains("model_type 'bart', did you mean 'bert'?");
  }

  @Test
  void configurationOfTheModelIsNotJson() throws IOException {
    Path model = copyOfBase();
    Files.writeString(model.resolve("config.json"), "{");

    String error = refusal(study(model));

    assertThat(error).startsWith(model.resolve("config.json") + ": ").contains("JSON");
  }

  @Test
  void missingTokenizer() throws IOException {
    Path model = copyOfBase();
    Files.delete(model.resolve("tokenizer.json"));

    String error = refusal(study(model));

    assertThat(error).isEqualTo(model + ": has no tokenizer.json and no vocab.txt");
  }

  @Test
  void tokenizerThatIsNone() throws IOException {
    Path model = copyOfBase();
    Files.writeString(model.resolve("tokenizer.json"), "{}");

    String error = refusal(study(model));

    assertThat(error).startsWith(model.resolve("tokenizer.json") + " is not a tokenizer.json");
  }

  @Test
  void vocabularyLargerThanTheModels() throws IOException {
    Path model = copyOfBase();
    Path tokenizer = model.resolve("tokenizer.json");
    Files.writeString(
        tokenizer, Files.readString(tokenizer).replaceFirst("\"film\": *\\d+", "\"film\": 40000"));

    String error = refusal(study(model));

    assertThat(error).contains("gives token 40000", "0 to 30521");
  }

  @Test
  void textsLongerThanTheModelTakes() throws IOException {
    TinyStudy study = study(base).with("max_length: 32", "max_length: 100");

    String error = refusal(study);

    assertThat(error).contains("max_length", "64", "100");
  }

  @Test
  void unknownModelOfMaven() throws IOException {
    TinyStudy study = study(base).with(base.toString(), "maven:all-minilm");

    String error = refusal(study);

    assertThat(error).contains("unknown base model 'all-minilm'", "all-minilm-l6-v2");
  }

  // The rows

  @Test
  void emptyDataFile() throws IOException {
    TinyStudy study = study(base);
    Path rows = Files.writeString(study.folder().resolve("opinion-train.tsv"), "");

    assertThat(refusal(study)).startsWith(rows + ": has no rows");
  }

  @Test
  void missingDataFile() throws IOException {
    TinyStudy study = study(base);
    Path rows = study.folder().resolve("opinion-test.tsv");
    Files.delete(rows);

    assertThat(refusal(study)).isEqualTo(rows + ": there is no such file");
  }

  @Test
  void labelOutOfRange() throws IOException {
    TinyStudy study = study(base);
    Path rows = study.folder().resolve("opinion-train.tsv");
    Files.writeString(rows, "sentence\tverdict\nFine.\t1\nSo so.\t2\n");

    assertThat(refusal(study))
        .isEqualTo(rows + ": line 3: 'verdict' is '2', expected one of [bad, good]");
  }

  @Test
  void labelThatIsNotInTheList() throws IOException {
    TinyStudy study = study(base);
    Path rows = study.folder().resolve("opinion-train.tsv");
    Files.writeString(rows, "sentence\tverdict\nFine.\tgood\nSo so.\tgod\n");

    assertThat(refusal(study))
        .startsWith(rows + ": line 3: 'verdict' is 'god', expected one of [bad, good]")
        .contains("did you mean 'good'");
  }

  @Test
  void columnThatDoesNotExist() throws IOException {
    TinyStudy study =
        study(base).with("text_a: sentence, label: verdict", "text_a: sentenc, label: verdict");

    assertThat(refusal(study))
        .startsWith(study.folder().resolve("opinion-train.tsv") + ": line 1: no column 'sentenc'")
        .contains("did you mean 'sentence'");
  }

  @Test
  void taskWithoutTestRows() throws IOException {
    TinyStudy study = study(base).with(" test: opinion-test.tsv,", "");

    assertThat(refusal(study)).isEqualTo("task 'opinion' has no test rows; give it a file: test");
  }

  @Test
  void metricThatDoesNotExist() throws IOException {
    TinyStudy study = study(base).with("label: kind", "label: kind, metric: acuracy");

    assertThat(refusal(study)).startsWith("task 'thing': no metric 'acuracy'").contains("accuracy");
  }

  // The configuration

  @Test
  void unknownComponents() throws IOException {
    TinyStudy study =
        study(base)
            .with("type: lora,", "type: loar, constrained: true,")
            .with("type: average", "type: averag")
            .with("seed: 7", "seed: 7\nconstraint: {type: ossrm}");

    List<String> error = refusals(study);

    assertThat(error).hasSize(4);
    assertThat(error.get(0)).isEqualTo("error: " + study.file() + ": 3 problems");
    assertThat(error.get(1)).contains("adapters[0].type: ", "'loar'", "did you mean 'lora'");
    assertThat(error.get(2)).contains("constraint.type: ", "'ossrm'", "did you mean 'osrm'");
    assertThat(error.get(3)).contains("mergers[0].type: ", "'averag'", "did you mean 'average'");
  }

  @Test
  void severalProblemsAtOnce() throws IOException {
    TinyStudy study =
        study(base)
            .with("max_length: 32", "max_lenght: 32")
            .with("statistics_rows: 40", "statistics_rows: -1");

    List<String> error = refusals(study);

    assertThat(error).hasSize(3);
    assertThat(error.get(0)).isEqualTo("error: " + study.file() + ": 2 problems");
    assertThat(String.join("\n", error))
        .contains("base.max_lenght: unknown key, did you mean 'max_length'?")
        .contains("evaluation.statistics_rows: statistics_rows must be at least 1, was -1");
  }

  @Test
  void severalWrongSettingsAtOnce() throws IOException {
    TinyStudy study =
        study(base).with("rank: 4", "rnak: 4").with("epochs: 2", "epochs: 0, batchsize: 3");

    List<String> error = refusals(study);

    assertThat(error).hasSize(4);
    assertThat(error.get(0)).isEqualTo("error: " + study.file() + ": 3 problems");
    assertThat(String.join("\n", error))
        .contains("adapters[0].rnak: unknown key, did you mean 'rank'?")
        .contains("training.batchsize: unknown key, did you mean 'batch_size'?")
        .contains("training.epochs: epochs must be at least 1, was 0");
  }

  @Test
  void targetThatMatchesNoModule() throws IOException {
    TinyStudy study = study(base).with("rank: 4", "rank: 4, target_modules: [q_proj]");

    assertThat(refusal(study)).contains("adapters[0]", "q_proj", "query");
  }

  @Test
  void studyWithoutAdapters() throws IOException {
    TinyStudy study = study(base).with("adapters:\n  - {name: lora, type: lora, rank: 4}\n", "");

    assertThat(refusal(study))
        .isEqualTo(study.file() + ": adapters: must have at least one, has none");
  }

  @Test
  void missingConfiguration() {
    Path nowhere = shared.resolve("nowhere.yaml");

    CliRun run = CliRun.of("train", nowhere.toString());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.error()).containsExactly("error: no such file or folder: " + nowhere);
  }

  @Test
  void configurationThatIsAFolder() {
    CliRun run = CliRun.of("train", shared.toString());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.error())
        .containsExactly("error: " + shared + ": is a folder, a configuration is a file");
  }

  @Test
  void configurationThatIsNotYaml() throws IOException {
    TinyStudy study = study(base);
    study.configure("base: [unclosed\n");

    assertThat(refusal(study)).startsWith(study.file() + ": line ");
  }

  @Test
  void emptyConfiguration() throws IOException {
    TinyStudy study = study(base);
    study.configure("");

    assertThat(String.join("\n", refusals(study)))
        .contains("base: is required")
        .contains("tasks: is required");
  }

  @Test
  void missingArgumentIsMisuse() {
    CliRun run = CliRun.of("train");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("error: Missing required parameter: 'FILE'");
  }

  // What is there already, and where nothing can be written

  @Test
  void statisticsOfAnotherBase() throws IOException {
    TinyStudy study = study(base);
    assertThat(study.run("statistics").code()).isZero();
    study.with(base.toString(), TinyModelFolder.write(folder.resolve("other"), 2).toString());

    assertThat(refusal(study, "train"))
        .startsWith(study.output().resolve("statistics/opinion.safetensors").toString())
        .contains("of another base model", "delete it or choose another output");
  }

  @Test
  void statisticsOfOtherRows() throws IOException {
    TinyStudy study = study(base);
    assertThat(study.run("statistics").code()).isZero();
    study.with("statistics_rows: 40", "statistics_rows: 41");

    assertThat(refusal(study, "train"))
        .startsWith(study.output().resolve("statistics/opinion.safetensors").toString())
        .contains("feature vectors of task 'opinion'", "delete it or choose another output");
  }

  @Test
  void outputThatIsAFile() throws IOException {
    TinyStudy study = study(base);
    Files.writeString(study.output(), "mine");

    assertThat(refusal(study, "train"))
        .isEqualTo(study.file() + ": output: must be a folder, " + study.output() + " is a file");
    assertThat(study.output()).hasContent("mine");
  }

  @Test
  void outputThatIsReadOnly() throws IOException {
    TinyStudy study = study(base);
    Files.createDirectories(study.output());
    Files.setPosixFilePermissions(study.output(), PosixFilePermissions.fromString("r-xr-xr-x"));
    Assumptions.assumeFalse(Files.isWritable(study.output()), "may write everywhere");

    String error = refusal(study, "train");

    Files.setPosixFilePermissions(study.output(), PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(error).contains("cannot be written", "denied", study.output().toString());
  }

  @Test
  void outputBelowAFile() throws IOException {
    TinyStudy study = study(base).with("output: out", "output: study.yaml/out");

    assertThat(refusal(study)).contains("study.yaml/out", "cannot be written", "Not a directory");
  }

  @Test
  void statisticsOfOtherModules() throws IOException {
    TinyStudy study = study(base);
    assertThat(study.run("statistics").code()).isZero();
    study.with("rank: 4", "rank: 4, target_modules: [output.dense]");

    assertThat(refusal(study, "train"))
        .startsWith(study.output().resolve("statistics/opinion.safetensors").toString())
        .contains("is without 4 of 4 modules", "encoder.layer.0.attention.output.dense");
  }

  @Test
  void placeInTheOutputThatIsTaken() throws IOException {
    TinyStudy study = study(base);
    Files.createDirectories(study.output());
    Files.writeString(study.output().resolve("statistics"), "mine");

    assertThat(refusal(study, "train"))
        .contains(study.output().resolve("statistics").toString(), "cannot be written");
  }

  // Training

  @Test
  void divergenceStopsAndNamesTheLastGoodCheckpoint() throws IOException {
    TinyStudy study =
        study(base)
            .with("epochs: 2", "epochs: 2, evaluation_steps: 1, max_grad_norm: 0")
            .with(
                "learning_rate: 1e-2", "learning_rate: 1e38, schedule: constant, warmup_steps: 1");

    CliRun run = study.run("train");

    // trainings run side by side, and either may be the first to diverge
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.error())
        .singleElement()
        .asString()
        .startsWith("error: training diverged at step ")
        .contains("try a lower learning_rate");
    Matcher named =
        Pattern.compile("checkpoint is (\\S+-lora/checkpoint-1)").matcher(run.error().get(0));
    assertThat(named.find()).isTrue();
    assertThat(Path.of(named.group(1)).resolve("adapter_model.safetensors")).isRegularFile();
    assertThat(study.output().resolve("adapters")).doesNotExist();
    assertThat(Leftovers.in(folder)).isEmpty();
  }

  // Merging folders

  @Test
  void adapterOfOtherTargetModules() throws IOException {
    TinyStudy other = study(base).with("rank: 4", "rank: 4, target_modules: [query]");
    assertThat(other.run("train").code()).isZero();

    String error =
        mergeRefusal(
            "--type",
            "average",
            trained.output() + "/adapters/opinion-lora",
            other.output() + "/adapters/thing-lora");

    assertThat(error).contains("encoder.layer.0.attention.self.value", "thing-lora");
  }

  @Test
  void mergerThatDoesNotExist() {
    assertThat(mergeRefusal("--type", "tiess", trained.output() + "/adapters/opinion-lora"))
        .contains("'tiess'", "did you mean 'ties'");
  }

  @Test
  void settingThatDoesNotExist() {
    assertThat(
            mergeRefusal(
                "--type",
                "ties",
                "--set",
                "densty=0.5",
                trained.output() + "/adapters/opinion-lora"))
        .isEqualTo("--set: densty: unknown key, did you mean 'density'?");
  }

  @Test
  void settingOutOfRange() {
    assertThat(
            mergeRefusal(
                "--type",
                "ties",
                "--set",
                "density=1.5",
                trained.output() + "/adapters/opinion-lora"))
        .contains("density must be in", "was 1.5");
  }

  @Test
  void inputThatIsMissing() {
    assertThat(mergeRefusal("--type", "average", shared + "/nowhere"))
        .isEqualTo(shared + "/nowhere: there is no such folder");
  }

  @Test
  void inputThatIsNeitherAdapterNorModel() {
    assertThat(mergeRefusal("--type", "average", trained.output() + "/adapters"))
        .startsWith(trained.output() + "/adapters: is neither an adapter folder")
        .contains("adapter_config.json", "config.json");
  }

  @Test
  void adaptersAmongModels() {
    assertThat(
            mergeRefusal(
                "--type", "average", base.toString(), trained.output() + "/adapters/opinion-lora"))
        .contains("all adapter folders or all model folders");
  }

  @Test
  void adaptersFoldedIntoAnotherModel() throws IOException {
    Path narrow = copyOfBase();
    replaceInHeader(
        narrow.resolve("model.safetensors"),
        "encoder.layer.1.attention.self.value.weight",
        "encoder.layer.1.attention.self.valve.weight");

    assertThat(
            mergeRefusal(
                "--type",
                "average",
                "--fold",
                "--base",
                narrow.toString(),
                trained.output() + "/adapters/opinion-lora"))
        .contains("module 'encoder.layer.1.attention.self.value' is not one of the base model");
  }

  @Test
  void mergeIntoAFolderThatIsThere() throws IOException {
    Files.createDirectories(folder.resolve("merged"));
    Files.writeString(folder.resolve("merged/mine"), "mine");

    CliRun run =
        CliRun.of(
            "merge",
            "--type",
            "average",
            "--output",
            folder.resolve("merged").toString(),
            trained.output() + "/adapters/opinion-lora");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.error()).singleElement().asString().contains("exists already", "--force");
    assertThat(folder.resolve("merged/mine")).hasContent("mine");
  }

  @Test
  void mergeWithoutOutputIsMisuse() {
    CliRun run = CliRun.of("merge", "--type", "average", base.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("error: --type needs --output");
  }

  private TinyStudy study(Path model) throws IOException {
    return TinyStudy.write(folder, model, TinyStudy.SMALL);
  }

  private Path copyOfBase() throws IOException {
    Path copy = Files.createDirectories(folder.resolve("model"));
    try (Stream<Path> files = Files.list(base)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  /** Same length, so that the rest stays where it is. */
  private static void replaceInHeader(Path file, String part, String other) throws IOException {
    assertThat(other).hasSameSizeAs(part);
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = text.indexOf(part);
    assertThat(at).as(part).isPositive();
    System.arraycopy(other.getBytes(StandardCharsets.ISO_8859_1), 0, bytes, at, other.length());
    Files.write(file, bytes);
  }

  /** The one line that statistics, of a study that must not even begin, are refused with. */
  private String refusal(TinyStudy study) throws IOException {
    String error = refusal(study, "statistics");
    assertThat(study.output()).doesNotExist();
    return error;
  }

  private String refusal(TinyStudy study, String command) throws IOException {
    CliRun run = study.run(command);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).doesNotContain("\tat ").doesNotContain("unexpected");
    assertThat(run.error()).as(run.err()).hasSize(1);
    assertThat(Leftovers.in(folder)).isEmpty();
    return run.error().get(0).substring("error: ".length());
  }

  private List<String> refusals(TinyStudy study) {
    CliRun run = study.run("statistics");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).doesNotContain("\tat ").doesNotContain("unexpected");
    assertThat(study.output()).doesNotExist();
    return run.error();
  }

  private String mergeRefusal(String... args) {
    Path output = folder.resolve("merged");
    String[] all = new String[args.length + 3];
    System.arraycopy(new String[] {"merge", "--output", output.toString()}, 0, all, 0, 3);
    System.arraycopy(args, 0, all, 3, args.length);
    CliRun run = CliRun.of(all);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).doesNotContain("\tat ").doesNotContain("unexpected");
    assertThat(run.error()).as(run.err()).hasSize(1);
    assertThat(output).doesNotExist();
    return run.error().get(0).substring("error: ".length());
  }
}
