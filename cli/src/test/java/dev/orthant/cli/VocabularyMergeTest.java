package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Models with different vocabularies; every row of embeddings is one number, three times. */
final class VocabularyMergeTest {

  private static final String LINEAR =
      "merge_method: linear\nmodels: [{model: m1}, {model: m2}]\nparameters: {weight: 1}\n";

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void writeModels() throws IOException {
    model("base", "{\"a\": 0, \"b\": 1, \"c\": 2}", "", 10, 20, 30, 99);
    model("m1", "{\"a\": 0, \"b\": 1, \"c\": 2}", "x", 11, 21, 31, 41);
    model("m2", "{\"c\": 0, \"b\": 1, \"a\": 2}", "y", 32, 22, 12, 42);
  }

  @Test
  void aUnionMergesRowsOfTheSameTokenAndKeepsThoseOfOneModel() throws IOException {
    Map<String, Double> rows = merged(LINEAR + "tokenizer_source: union\n");

    assertThat(rows).isEqualTo(Map.of("a", 11.5, "b", 21.5, "c", 31.5, "x", 41.0, "y", 42.0));
    assertThat(config("vocab_size").asInt()).isEqualTo(5);
    assertThat(tensor("model.embed_tokens.weight").shape()).containsExactly(5, 3);
    assertThat(tensor("lm_head.weight").shape()).containsExactly(5, 3);
    assertThat(tensor("model.norm.weight").getDouble(0)).isEqualTo(5);
  }

  @Test
  void aBaseIsCompletedByThoseThatKnowATokenSoThatItsDeltaIsZero() throws IOException {
    Map<String, Double> rows =
        merged(
            """
            merge_method: task_arithmetic
            base_model: base
            models: [{model: m1, parameters: {weight: 1}}, {model: m2, parameters: {weight: 1}}]
            tokenizer: {source: union}
            """);

    // a: 10 + (11 - 10) + (12 - 10)
    assertThat(rows).isEqualTo(Map.of("a", 13.0, "b", 23.0, "c", 33.0, "x", 41.0, "y", 42.0));
  }

  @Test
  void oneModelsTokensAreAllThatTheResultHas() throws IOException {
    Map<String, Double> rows = merged(LINEAR + "tokenizer_source: m2\n");

    assertThat(rows).isEqualTo(Map.of("c", 31.5, "b", 21.5, "a", 11.5, "y", 42.0));
    assertThat(folder.resolve("out/tokenizer.json"))
        .hasSameTextualContentAs(folder.resolve("m2/tokenizer.json"));
  }

  @Test
  void rowsOfSingleTokensMayBeChosenAndTheNumberOfRowsRoundedUp() throws IOException {
    Map<String, Double> rows =
        merged(
            LINEAR
                + """
                tokenizer:
                  source: base
                  tokens:
                    a: {source: m2, force: true}
                    <z>: {source: {kind: model_token, model: m1, token: b}}
                    <n>: {source: {kind: model_token, model: m2, token_id: 3}}
                    <0>: {source: {kind: zero}}
                  pad_to_multiple_of: 4
                """);

    assertThat(rows)
        .containsEntry("a", 12.0)
        .containsEntry("<z>", 21.0)
        .containsEntry("<n>", 42.0)
        .containsEntry("<0>", 0.0)
        .doesNotContainKey("y");
    assertThat(config("vocab_size").asInt()).isEqualTo(8); // a, b, c, x and three more
  }

  @Test
  void rowsThatAreNotThereAreRefused() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("bad.yaml"),
            LINEAR
                + """
                tokenizer:
                  source: union
                  tokens:
                    q: {source: m1}
                    r: {source: {kind: model_token, model: m3, token: b}}
                """);

    CliRun run = CliRun.of("merge", file.toString(), "--output", folder + "/out");

    assertThat(run.err())
        .contains("tokenizer.tokens.q: m1 has no such row")
        .contains("tokenizer.tokens.r: 'm3' is no model of the merge");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  /** The rows of the embeddings by token; those of the output matrix are a thousand more. */
  private Map<String, Double> merged(String recipe) throws IOException {
    Path file = Files.writeString(folder.resolve("merge.yaml"), recipe);
    CliRun run = CliRun.of("merge", file.toString(), "--output", folder + "/out");
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode tokenizer = new ObjectMapper().readTree(folder.resolve("out/tokenizer.json").toFile());
    Map<String, Double> rows = new LinkedHashMap<>();
    INDArray embeddings = tensor("model.embed_tokens.weight");
    INDArray outputs = tensor("lm_head.weight");
    Map<String, Integer> ids = new LinkedHashMap<>();
    tokenizer
        .path("model")
        .path("vocab")
        .properties()
        .forEach(e -> ids.put(e.getKey(), e.getValue().asInt()));
    tokenizer
        .path("added_tokens")
        .forEach(t -> ids.put(t.path("content").asText(), t.path("id").asInt()));
    ids.forEach(
        (token, id) -> {
          rows.put(token, embeddings.getDouble(id, 1));
          double output = outputs.getDouble(id, 1);
          assertThat(output).isIn(rows.get(token) + 1000, 0.0);
        });
    return rows;
  }

  private INDArray tensor(String name) {
    try (HuggingFaceCheckpoint out = HuggingFaceCheckpoint.open(folder.resolve("out"))) {
      return out.read(name);
    }
  }

  private JsonNode config(String key) throws IOException {
    return new ObjectMapper().readTree(folder.resolve("out/config.json").toFile()).path(key);
  }

  private void model(String name, String vocabulary, String added, double... rows)
      throws IOException {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("model.embed_tokens.weight", rows(0, rows));
    tensors.put("lm_head.weight", rows(1000, rows));
    tensors.put("model.norm.weight", Folders.full(5, 3));
    Folders.write(folder.resolve(name), Folders.config().put("vocab_size", rows.length), tensors);
    String extra = added.isEmpty() ? "" : "{\"id\": 3, \"content\": \"%s\"}".formatted(added);
    Files.writeString(
        folder.resolve(name).resolve("tokenizer.json"),
        "{\"added_tokens\": [%s], \"model\": {\"vocab\": %s}}".formatted(extra, vocabulary));
  }

  private static INDArray rows(float more, double... values) {
    float[] elements = new float[3 * values.length];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) values[i / 3] + more;
    }
    return Nd4j.create(elements, new long[] {values.length, 3}, 'c');
  }
}
