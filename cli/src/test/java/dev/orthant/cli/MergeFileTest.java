package dev.orthant.cli;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.PeftAdapterBuilder;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code orthant merge} on files in Orthant's own form. */
final class MergeFileTest {

  private static final double EXACT = 1e-5;
  private static final String ATTENTION = "model.layers.0.attn.q";

  @TempDir private static Path folder = Path.of("");

  @BeforeAll
  static void writeModels() throws IOException {
    Folders.layered(folder.resolve("base"), 2, 1);
    Folders.layered(folder.resolve("a"), 2, 2);
    Folders.layered(folder.resolve("b"), 2, 3);
    adapter("x", 1);
    adapter("y", 2);
  }

  @Test
  void modelsAreMergedWithWeights() throws IOException {
    CliRun run =
        merge(
            """
            base: base
            models:
              - {path: a, weight: 0.5}
              - {path: b, name: second, weight: 2}
            merger: {type: task-arithmetic, lambda: 1}
            dtype: bfloat16
            output: merged
            shard_size: 100
            """);

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Folders.firsts(folder.resolve("merged")).get("model.norm.weight"))
        .isCloseTo(1 + 0.5 * 1 + 2 * 2, within(EXACT));
    assertThat(folder.resolve("merged/model.safetensors.index.json")).exists();
    assertThat(folder.resolve("merged/README.md")).content().contains("task-arithmetic");
    assertThat(folder.resolve("merged/merge.json")).content().contains("sha256", "\"seed\" : 42");
  }

  @Test
  void adaptersOfModelsAreFoldedInAsTheyAreRead() throws IOException {
    CliRun run =
        merge(
            """
            models: [{path: base+x}, {path: base+y}]
            merger: {type: linear}
            output: adapted
            """);

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Folders.firsts(folder.resolve("adapted")).get(ATTENTION + ".weight"))
        .isCloseTo(1.5 + (3 + 6) / 2.0, within(EXACT));
  }

  @Test
  void adaptersAreMergedIntoAnAdapterAndIntoTheBase() throws IOException {
    String adapters =
        """
        adapters: [{path: x, weight: 2}, {path: y}]
        merger: {type: task-arithmetic, lambda: 1}
        """;

    CliRun alone = merge(adapters + "output: adapter\n");
    CliRun folded = merge(adapters + "base: base\nfold: true\noutput: folded\n");

    assertThat(alone.code()).as(alone.err()).isZero();
    assertThat(folded.code()).as(folded.err()).isZero();
    INDArray delta =
        PeftAdapterFolder.read(folder.resolve("adapter"))
            .deltas(List.of(ATTENTION))
            .get(ATTENTION)
            .dense();
    assertThatTensor(delta).isCloseTo(Folders.full(2 * 3 + 6, 3, 3), EXACT, 0);
    assertThat(Folders.firsts(folder.resolve("folded")).get(ATTENTION + ".weight"))
        .isCloseTo(1.5 + 12, within(EXACT));
  }

  @Test
  void everythingWrongIsToldAtOnce() throws IOException {
    CliRun form =
        merge(
            """
            base: base
            models: [{path: a, weigth: 1}, {path: a}]
            merger: {type: tise}
            dtype: float8
            output: never
            """);
    CliRun needs =
        merge(
            """
            models: [{path: a, density: 2}]
            merger: {type: ties}
            output: never
            """);

    assertThat(form.err()).contains("two are 'a'").contains("dtype must be one of");
    assertThat(needs.err()).contains("models[0].density: density must be in (0, 1], was 2.0");
    assertThat(folder.resolve("never")).doesNotExist();
  }

  @Test
  void whatARuleNeedsIsAskedForBeforeWorkStarts() throws IOException {
    CliRun run =
        merge(
            """
            models: [{path: a}, {path: b}]
            merger: {type: ties, space: core}
            output: never
            """);

    assertThat(run.err())
        .contains("base: is required: 'ties' works on differences from it")
        .contains("merger.space");
  }

  @Test
  void otherVocabulariesAreRefusedUnlessTheTokenizerIsChosen() throws IOException {
    vocabulary("v1", "{\"a\": 0, \"b\": 1}");
    vocabulary("v2", "{\"a\": 1, \"b\": 0}");
    String recipe = "models: [{path: v1}, {path: v2}]\nmerger: {type: linear}\noutput: voc\n";

    CliRun refused = merge(recipe);
    CliRun chosen = merge(recipe + "tokenizer: v2\n");

    assertThat(refused.err()).contains("token 'a' is 1 and 0");
    assertThat(chosen.code()).as(chosen.err()).isZero();
    assertThat(folder.resolve("voc/tokenizer.json"))
        .hasSameTextualContentAs(folder.resolve("v2/tokenizer.json"));
  }

  @Test
  void tiedWeightsStayTied() throws IOException {
    ObjectNode config = Folders.config().put("tie_word_embeddings", true);
    Map<String, INDArray> tied = new LinkedHashMap<>();
    tied.put("model.embed_tokens.weight", Folders.full(1, 4, 3));
    Folders.write(folder.resolve("tied"), config, tied);
    Map<String, INDArray> copied = new LinkedHashMap<>(tied);
    copied.put("lm_head.weight", Folders.full(1, 4, 3));
    Folders.write(folder.resolve("copied"), config, copied);

    CliRun first =
        merge("models: [{path: tied}, {path: copied}]\nmerger: {type: linear}\noutput: tie1\n");
    CliRun second =
        merge("models: [{path: copied}, {path: tied}]\nmerger: {type: linear}\noutput: tie2\n");

    assertThat(first.code()).as(first.err()).isZero();
    assertThat(second.code()).as(second.err()).isZero();
    assertThat(Folders.firsts(folder.resolve("tie1")))
        .containsOnlyKeys("model.embed_tokens.weight");
    assertThat(Folders.firsts(folder.resolve("tie2")))
        .containsOnlyKeys("model.embed_tokens.weight");
  }

  @Test
  void quantisedModelsAndPathTricksAreRefused() throws IOException {
    ObjectNode config = Folders.config();
    config.putObject("quantization_config").put("quant_method", "gptq");
    Folders.write(folder.resolve("quantised"), config, Map.of("w", Folders.full(1, 2, 2)));
    Path tricky = Files.createDirectories(folder.resolve("tricky"));
    Files.writeString(tricky.resolve("config.json"), "{}");
    Files.writeString(
        tricky.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"w\": \"../base/model.safetensors\"}}");

    CliRun quantised =
        merge("models: [{path: quantised}]\nmerger: {type: passthrough}\noutput: never\n");
    CliRun trick = merge("models: [{path: tricky}]\nmerger: {type: passthrough}\noutput: never\n");

    assertThat(quantised.err()).contains("is quantised (gptq)");
    assertThat(trick.err()).contains("expected the plain name of a file in the same folder");
  }

  @Test
  void mergersOfOthersRunThroughTheSameFiles() throws IOException {
    new PluginJar()
        .merger("Averager", "example-mean")
        .write(folder.resolve("plugins/mean/mean.jar"));

    CliRun own =
        merge(
            """
            base: base
            models: [{path: a}, {path: b}]
            merger: {type: example-mean, lambda: 3}
            output: mean
            plugins: [plugins]
            """);
    CliRun mergekits =
        merge(
            """
            merge_method: example_mean
            base_model: base
            models: [{model: a}, {model: b}]
            parameters: {lambda: 3}
            """,
            "--output",
            folder.resolve("mean2").toString(),
            "--plugins",
            folder.resolve("plugins").toString());

    assertThat(own.code()).as(own.err()).isZero();
    assertThat(mergekits.code()).as(mergekits.err()).isZero();
    for (String output : new String[] {"mean", "mean2"}) {
      assertThat(Folders.firsts(folder.resolve(output)).get("model.norm.weight"))
          .isCloseTo(1 + 3 * 1.5, within(EXACT));
    }
  }

  private static CliRun merge(String yaml, String... options) throws IOException {
    Path file = Files.writeString(folder.resolve("merge.yaml"), yaml);
    String[] arguments = new String[options.length + 3];
    arguments[0] = "merge";
    arguments[1] = file.toString();
    arguments[2] = "--force";
    System.arraycopy(options, 0, arguments, 3, options.length);
    return CliRun.of(arguments);
  }

  /** An adapter on one module whose delta is 3 times a number everywhere. */
  private static void adapter(String name, double value) throws IOException {
    LoraDelta delta = new LoraDelta(Folders.full(value, 3, 1), Folders.full(3, 1, 3), 1);
    PeftAdapterFolder.writeInto(
        Files.createDirectories(folder.resolve(name)),
        new PeftAdapterBuilder()
            .taskType("FEATURE_EXTRACTION")
            .fromDeltas(Map.of(ATTENTION, delta)));
  }

  private static void vocabulary(String name, String vocabulary) throws IOException {
    Path model =
        Folders.write(folder.resolve(name), Folders.config(), Map.of("w", Nd4j.ones(2, 2)));
    Files.writeString(
        model.resolve("tokenizer.json"), "{\"model\": {\"vocab\": %s}}".formatted(vocabulary));
    try (HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(model)) {
      assertThat(checkpoint.names()).containsExactly("w");
    }
  }
}
