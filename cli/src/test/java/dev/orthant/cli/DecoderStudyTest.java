package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * LoRA and MoSLoRA with OSRM on a decoder, and every merger that there is on its adapters:
 * statistics, training, merging and evaluation as for encoders.
 */
final class DecoderStudyTest {

  private static final List<String> ADAPTERS = List.of("lora-osrm", "moslora-osrm");

  @TempDir private static Path folder = Path.of("");
  private static TinyStudy study = new TinyStudy(Path.of(""));

  @BeforeAll
  static void run() throws IOException {
    Path base = TinyDecoder.write(folder.resolve("base"));
    study = TinyStudy.write(folder.resolve("study"), base, TinyStudy.SMALL);
    study.with(
        "  - {name: lora, type: lora, rank: 4}\n",
        """
          - {name: lora-osrm, type: lora, rank: 4, target_modules: [q_proj, k_proj, v_proj, up_proj, down_proj], constraint: {type: osrm}}
          - {name: moslora-osrm, type: moslora, rank: 4, constraint: {type: osrm}}
        """);
    study.with("  - {name: average, type: average}\n", EveryMerger.lines(2));
    for (String command : List.of("statistics", "train", "merge", "evaluate")) {
      CliRun run = study.run(command);
      assertThat(run.code()).as(run.err()).isZero();
    }
  }

  @Test
  void namesOfOtherFamiliesAreUnderstood() {
    assertThat(modules("opinion-moslora-osrm"))
        .containsExactlyInAnyOrder(
            "model.layers.0.self_attn.q_proj",
            "model.layers.0.self_attn.v_proj",
            "model.layers.1.self_attn.q_proj",
            "model.layers.1.self_attn.v_proj");
    assertThat(modules("thing-lora-osrm")).hasSize(10).contains("model.layers.1.mlp.down_proj");
  }

  @Test
  void adaptersAreThoseOfAClassifierWithItsHead() {
    JsonNode config =
        json(study.output().resolve("adapters/opinion-lora-osrm/adapter_config.json"));

    assertThat(config.path("task_type").asText()).isEqualTo("SEQ_CLS");
    assertThat(config.path("modules_to_save").get(0).asText()).isEqualTo("score");
  }

  @Test
  void everyMergerHasAScoreForEveryAdapter() {
    JsonNode results = json(study.output().resolve("results.json"));

    List<String> scored = new ArrayList<>();
    results
        .findValues("merger")
        .forEach(node -> scored.add(node.isTextual() ? node.asText() : node.path("name").asText()));
    assertThat(Set.copyOf(scored)).containsAll(EveryMerger.names(2));
    assertThat(scored.size()).isGreaterThanOrEqualTo(EveryMerger.names(2).size() * ADAPTERS.size());
  }

  @Test
  void mergersOfOneInputMergeOneAdapter() {
    List<String> ofOne = new ArrayList<>(EveryMerger.names(1));
    ofOne.removeAll(EveryMerger.names(2));

    for (String type : ofOne) {
      Path output = folder.resolve(type);
      CliRun run =
          CliRun.of(
              "merge",
              "--type",
              type,
              "--base",
              folder.resolve("base").toString(),
              "--output",
              output.toString(),
              study.output().resolve("adapters/opinion-lora-osrm").toString());
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(output.resolve("adapter_model.safetensors")).exists();
    }
    assertThat(ofOne).isNotEmpty();
  }

  private static Set<String> modules(String adapter) {
    return PeftAdapterFolder.read(study.output().resolve("adapters").resolve(adapter))
        .deltas()
        .keySet();
  }

  private static JsonNode json(Path file) {
    try {
      return new ObjectMapper().readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
