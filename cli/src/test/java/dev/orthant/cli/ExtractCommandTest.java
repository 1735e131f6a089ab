package dev.orthant.cli;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.lowrank.LoraDelta;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code orthant extract}, judged by what its adapter adds to the base. */
final class ExtractCommandTest {

  private static final int RANK = 4;

  /** Single precision of weights of order one, of which differences are taken. */
  private static final double DIFFERENCES = 1e-5;

  @TempDir private static Path folder = Path.of("");

  @BeforeAll
  static void writeModels() {
    Nd4j.getRandom().setSeed(3);
    Map<String, INDArray> base = new LinkedHashMap<>();
    base.put("embeddings.word_embeddings.weight", Nd4j.randn(20, 8));
    base.put("encoder.layer.0.query.weight", Nd4j.randn(120, 150));
    base.put("encoder.layer.0.value.weight", Nd4j.randn(12, 10));
    base.put("encoder.layer.0.value.bias", Nd4j.randn(12));
    Map<String, INDArray> tuned = new LinkedHashMap<>();
    base.forEach((name, array) -> tuned.put(name, array.dup('c')));
    for (String name : base.keySet()) {
      long[] shape = base.get(name).shape();
      if (shape.length == 2 && name.startsWith("encoder")) {
        tuned.get(name).addi(Nd4j.randn(shape[0], RANK).mmul(Nd4j.randn(RANK, shape[1])));
      }
    }
    tuned.get("encoder.layer.0.value.bias").addi(1);
    Folders.write(folder.resolve("base"), Folders.config(), base);
    Folders.write(folder.resolve("tuned"), Folders.config(), tuned);
  }

  @Test
  void differencesOfLowRankComeBackExactly() throws IOException {
    CliRun run = extract("exact", "--energy", "0.999999");

    assertThat(run.code()).as(run.err()).isZero();
    Map<String, LoraDelta> deltas = deltas("exact");
    assertThat(deltas).hasSize(2);
    deltas.forEach(
        (module, delta) -> {
          assertThat(delta.rank()).isEqualTo(RANK);
          assertThatTensor(delta.dense()).isCloseTo(difference(module), DIFFERENCES, DIFFERENCES);
        });
  }

  @Test
  void errorsAreThoseOfTheWrittenAdapter() throws IOException {
    CliRun run = extract("short", "--rank", "2");

    assertThat(run.code()).as(run.err()).isZero();
    JsonNode note = new ObjectMapper().readTree(folder.resolve("short/extract.json").toFile());
    for (JsonNode module : note.get("modules")) {
      INDArray expected = difference(module.get("name").asText());
      LoraDelta delta = deltas("short").get(module.get("name").asText());
      double error = expected.sub(delta.dense()).norm2Number().doubleValue();
      assertThat(module.get("relative_error").asDouble())
          .isCloseTo(error / expected.norm2Number().doubleValue(), within(DIFFERENCES));
      assertThat(delta.rank()).isEqualTo(2);
    }
    assertThat(note.get("left_out").asDouble()).isPositive();
  }

  @Test
  void modulesThatAreNotThereAreTold() {
    CliRun run = extract("never", "--modules", "query,nothing");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("no module of the base ends with 'nothing'");
  }

  private static CliRun extract(String output, String option, String value) {
    return CliRun.of(
        "extract",
        "--base",
        folder.resolve("base").toString(),
        "--model",
        folder.resolve("tuned").toString(),
        "--output",
        folder.resolve(output).toString(),
        option,
        value);
  }

  private static Map<String, LoraDelta> deltas(String output) {
    return PeftAdapterFolder.read(folder.resolve(output)).deltas();
  }

  private static INDArray difference(String module) {
    try (HuggingFaceCheckpoint base = HuggingFaceCheckpoint.open(folder.resolve("base"));
        HuggingFaceCheckpoint tuned = HuggingFaceCheckpoint.open(folder.resolve("tuned"))) {
      return tuned.read(module + ".weight").sub(base.read(module + ".weight"));
    }
  }
}
