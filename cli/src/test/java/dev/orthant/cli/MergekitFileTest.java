package dev.orthant.cli;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code orthant merge} on mergekit's files. */
final class MergekitFileTest {

  /** What mergekit itself rounds in single precision; in double that is 1e-7 of numbers near 2. */
  private static final double MERGEKIT = 3e-6;

  private static final double EXACT = 1e-6;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder = Path.of("");

  @BeforeAll
  static void writeModels() {
    Folders.layered(folder.resolve("a"), 3, 1);
    Folders.layered(folder.resolve("b"), 3, 11);
    Folders.layered(folder.resolve("small"), 2, 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "linear",
        "linear_unnormalized",
        "task_arithmetic",
        "ties",
        "ties_unnormalized",
        "slerp",
        "nuslerp",
        "karcher",
        "model_stock",
        "multislerp",
        "sce",
        "breadcrumbs",
        "breadcrumbs_ties"
      })
  void resultsAreMergekits(String name) throws IOException {
    JsonNode golden = golden(name);
    Path home = folder.resolve("golden-" + name);
    writeInputs(home, golden);
    Path file = Files.writeString(home.resolve("merge.json"), yaml(golden).toString());

    CliRun run = merge(file, home.resolve("out"));

    assertThat(run.code()).as(run.err()).isZero();
    try (HuggingFaceCheckpoint merged = HuggingFaceCheckpoint.open(home.resolve("out"))) {
      golden
          .get("outputs")
          .properties()
          .forEach(
              entry ->
                  assertThatTensor(merged.read(entry.getKey()))
                      .as(entry.getKey())
                      .isCloseTo(array(entry.getValue()), MERGEKIT, MERGEKIT));
    }
  }

  @Test
  void gradientsAndFiltersGoByLayerAndName() throws IOException {
    Map<String, Double> merged =
        merged(
            """
            merge_method: task_arithmetic
            base_model: a
            models:
              - model: b
                parameters:
                  weight:
                    - {filter: mlp, value: [0, 0.5, 1]}
                    - {filter: norm, value: 0.25}
                    - value: [0.5, 1]
            """);

    assertThat(merged.get("model.layers.0.mlp.up.weight")).isCloseTo(1, within(EXACT));
    assertThat(merged.get("model.layers.1.mlp.up.weight")).isCloseTo(2 + 5, within(EXACT));
    assertThat(merged.get("model.layers.2.mlp.up.weight")).isCloseTo(3 + 10, within(EXACT));
    assertThat(merged.get("model.layers.0.attn.q.weight")).isCloseTo(1.5 + 5, within(EXACT));
    assertThat(merged.get("model.layers.1.attn.q.weight")).isCloseTo(2.5 + 7.5, within(EXACT));
    assertThat(merged.get("model.norm.weight")).isCloseTo(1 + 2.5, within(EXACT));
    assertThat(merged.get("model.embed_tokens.weight")).isCloseTo(1 + 5, within(EXACT));
  }

  @Test
  void slicesAreStacked() throws IOException {
    Map<String, Double> merged =
        merged(
            """
            merge_method: passthrough
            slices:
              - sources: [{model: a, layer_range: [0, 2]}]
              - sources:
                  - model: b
                    layer_range: [1, 3]
                    parameters:
                      scale: [{filter: attn, value: 0}, {value: 1}]
            """);

    assertThat(merged.get("model.layers.1.mlp.up.weight")).isCloseTo(2, within(EXACT));
    assertThat(merged.get("model.layers.2.mlp.up.weight")).isCloseTo(12, within(EXACT));
    assertThat(merged.get("model.layers.3.mlp.up.weight")).isCloseTo(13, within(EXACT));
    assertThat(merged.get("model.layers.3.attn.q.weight")).isZero();
    assertThat(merged.get("model.embed_tokens.weight")).isCloseTo(1, within(EXACT));
    assertThat(merged.get("model.norm.weight")).isCloseTo(11, within(EXACT));
    assertThat(merged).hasSize(10);
    assertThat(config().get("num_hidden_layers").intValue()).isEqualTo(4);
  }

  @Test
  void slicesWithABaseAreMergedLayerByLayer() throws IOException {
    Map<String, Double> merged =
        merged(
            """
            merge_method: slerp
            base_model: a
            slices:
              - sources:
                  - {model: a, layer_range: [0, 3]}
                  - {model: b, layer_range: [0, 3]}
            parameters:
              t: [{filter: mlp, value: [0, 1]}, {value: 0.5}]
            dtype: bfloat16
            """);

    assertThat(merged.get("model.layers.0.mlp.up.weight")).isCloseTo(1, within(EXACT));
    assertThat(merged.get("model.layers.2.mlp.up.weight")).isCloseTo(13, within(EXACT));
    assertThat(merged.get("model.norm.weight")).isCloseTo(6, within(EXACT));
    assertThat(config().get("torch_dtype").asText()).isEqualTo("bfloat16");
  }

  @Test
  void aModuleIsTheWholeModel() throws IOException {
    Map<String, Double> merged =
        merged(
            """
            merge_method: linear
            modules:
              default:
                models: [{model: a}, {model: b}]
                parameters: {weight: 1}
            tokenizer: {source: base}
            out_dtype: float32
            """);

    assertThat(merged.get("model.layers.2.mlp.up.weight")).isCloseTo(8, within(EXACT));
  }

  @Test
  void densitiesMayDifferFromModelToModel() throws IOException {
    Map<String, Double> merged =
        merged(
            """
            merge_method: ties
            base_model: a
            models:
              - {model: b, parameters: {weight: 1, density: 1}}
              - {model: c, parameters: {weight: 1, density: 0.01}}
            """,
            () -> {
              Map<String, INDArray> tensors = new LinkedHashMap<>();
              try (HuggingFaceCheckpoint a = HuggingFaceCheckpoint.open(folder.resolve("a"))) {
                a.names()
                    .forEach(
                        name -> {
                          INDArray array = a.read(name);
                          array.putScalar(array.length() - 1, 100);
                          tensors.put(name, array);
                        });
                Folders.write(folder.resolve("c"), a.config(), tensors);
              }
            });

    assertThat(merged.get("model.layers.0.mlp.up.weight")).isCloseTo(11, within(EXACT));
    try (HuggingFaceCheckpoint out = HuggingFaceCheckpoint.open(folder.resolve("out"))) {
      INDArray norm = out.read("model.norm.weight");
      assertThat(norm.getDouble(1)).isCloseTo(11, within(EXACT));
      assertThat(norm.getDouble(2)).isCloseTo(1 + (10 + 99) / 2.0, within(EXACT));
    }
  }

  @Test
  void everythingThatIsNotSupportedIsTold() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("bad.yaml"),
            """
            merge_method: ties
            base_modle: a
            models:
              - {model: a, parameters: {wieght: 1}}
              - {model: b, paramters: {}}
            parameters: {densty: 0.5, normalize: [true, {filter: x}]}
            dtype: float23
            tokenizer: {source: union, tokens: {"<x>": {source: {kind: one}, forced: yes}}, pad_to_multiple_of: 0}
            chat_template: chatml
            """);

    CliRun run = merge(file, folder.resolve("never"));

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .contains("base_modle: unknown key, did you mean 'base_model'?")
        .contains("base_model: is required by 'ties'")
        .contains("models[0].parameters.wieght", "did you mean 'weight'?")
        .contains("models[1].paramters: unknown key, did you mean 'parameters'?")
        .contains("parameters.densty", "did you mean 'density'?")
        .contains("parameters.normalize[0]")
        .contains("dtype: must be one of", "did you mean 'float32'?")
        .contains("tokenizer.tokens.<x>.forced: unknown key, did you mean 'force'?")
        .contains("tokenizer.pad_to_multiple_of: must be a whole number of at least 1, was 0")
        .contains("chat_template: is not supported");
    assertThat(folder.resolve("never")).doesNotExist();
  }

  @Test
  void modelsThatDoNotFitAreRefusedBeforeAByteIsWritten() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("misfit.yaml"),
            """
            merge_method: linear
            models:
              - {model: a, parameters: {weight: 1}}
              - {model: small, parameters: {weight: 1}}
              - {model: missing, parameters: {weight: 1}}
            """);
    Path fewer =
        Files.writeString(
            folder.resolve("fewer.yaml"),
            """
            merge_method: linear
            models:
              - {model: a, parameters: {weight: 1}}
              - {model: small}
            """);

    CliRun absent = merge(file, folder.resolve("never"));
    CliRun misfit = merge(fewer, folder.resolve("never"));

    assertThat(absent.err()).contains("models[2]", "there is no such folder");
    assertThat(misfit.err()).contains("model.layers.2.mlp.up.weight");
    assertThat(misfit.err()).contains("models[1]: the parameter 'weight' is required");
    assertThat(folder.resolve("never")).doesNotExist();
  }

  @Test
  void aDryRunTellsThePlanAndWritesNothing() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("dry.yaml"),
            """
            merge_method: slerp
            base_model: a
            models: [{model: b}]
            parameters: {t: [0, 1]}
            """);

    CliRun run =
        CliRun.of(
            "merge", file.toString(), "--output", folder.resolve("dry").toString(), "--dry-run");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("69 parameters in 8 tensors")
        .contains("slerp    4 tensors: {\"t\":0.0}")
        .contains("slerp    2 tensors: {\"t\":0.5}");
    assertThat(folder.resolve("dry")).doesNotExist();
  }

  private static Map<String, Double> merged(String yaml) throws IOException {
    return merged(yaml, () -> {});
  }

  private static Map<String, Double> merged(String yaml, Runnable before) throws IOException {
    Path file = Files.writeString(folder.resolve("merge.yaml"), yaml);
    before.run();
    CliRun run = merge(file, folder.resolve("out"));
    assertThat(run.code()).as(run.err()).isZero();
    return Folders.firsts(folder.resolve("out"));
  }

  private static CliRun merge(Path file, Path output) {
    return CliRun.of("merge", file.toString(), "--output", output.toString(), "--force");
  }

  private static JsonNode config() throws IOException {
    return JSON.readTree(folder.resolve("out/config.json").toFile());
  }

  private static JsonNode golden(String name) throws IOException {
    try (InputStream in =
        MergekitFileTest.class.getResourceAsStream("/reference/mergekit/" + name + ".json")) {
      return JSON.readTree(in);
    }
  }

  private static void writeInputs(Path home, JsonNode golden) {
    Map<String, Map<String, INDArray>> models = new LinkedHashMap<>();
    golden
        .get("inputs")
        .properties()
        .forEach(
            entry -> {
              String[] name = entry.getKey().split("\\.");
              models
                  .computeIfAbsent(name[0], n -> new LinkedHashMap<>())
                  .put(name[1], array(entry.getValue()));
            });
    models.forEach((name, tensors) -> Folders.write(home.resolve(name), Folders.config(), tensors));
  }

  /** The golden's parameters as mergekit's file has them. */
  private static ObjectNode yaml(JsonNode golden) {
    JsonNode params = golden.get("params");
    ObjectNode root = JSON.createObjectNode();
    root.set("merge_method", params.get("merge_method"));
    String base = params.path("base_model").asText("null");
    if (!base.equals("null")) {
      root.put("base_model", base);
    }
    if (params.path("parameters").isObject()) {
      root.set("parameters", params.get("parameters"));
    }
    int count = params.get("merge_method").asText().matches("slerp|nuslerp") ? 2 : 3;
    ArrayNode models = root.putArray("models");
    for (int i = 0; i < count; i++) {
      ObjectNode model = models.addObject().put("model", "ft" + i);
      ObjectNode parameters = model.putObject("parameters");
      for (var entry : params.path("model_parameters").properties()) {
        JsonNode value = entry.getValue();
        parameters.set(entry.getKey(), value.isArray() ? value.get(i) : value);
      }
    }
    return root;
  }

  private static INDArray array(JsonNode node) {
    float[] data = new float[node.get("data").size()];
    for (int i = 0; i < data.length; i++) {
      data[i] = node.get("data").get(i).floatValue();
    }
    long[] shape = new long[node.get("shape").size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = node.get("shape").get(i).longValue();
    }
    return Nd4j.create(data, shape, 'c');
  }
}
