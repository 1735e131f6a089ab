package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * LoRA and MoSLoRA with OSRM on an encoder-decoder, and every merger that there is on its adapters:
 * statistics, training, merging and evaluation as for encoders.
 */
final class EncoderDecoderStudyTest {

  private static final int ADAPTERS = 2;

  @TempDir private static Path folder = Path.of("");
  private static TinyStudy study = new TinyStudy(Path.of(""));

  @BeforeAll
  static void run() throws IOException {
    Path base = TinyEncoderDecoder.write(folder.resolve("base"));
    study = TinyStudy.write(folder.resolve("study"), base, TinyStudy.SMALL);
    study.with(
        "  - {name: lora, type: lora, rank: 4}\n",
        """
          - {name: lora-osrm, type: lora, rank: 4, target_modules: [q, k, v, wi_1, wo], constraint: {type: osrm}}
          - {name: moslora-osrm, type: moslora, rank: 4, constraint: {type: osrm}}
        """);
    study.with("label: verdict", "train_rows: 32, test_rows: 16, label: verdict");
    study.with("label: kind", "train_rows: 32, test_rows: 16, label: kind");
    study.with("  - {name: average, type: average}\n", EveryMerger.lines(2));
    for (String command : List.of("statistics", "train", "merge", "evaluate")) {
      CliRun run = study.run(command);
      assertThat(run.code()).as(run.err()).isZero();
    }
  }

  @Test
  void adaptersGoToBothStacksAndBetweenThem() {
    assertThat(modules("opinion-moslora-osrm"))
        .hasSize(12)
        .contains(
            "encoder.block.0.layer.0.SelfAttention.q",
            "decoder.block.1.layer.0.SelfAttention.v",
            "decoder.block.1.layer.1.EncDecAttention.v");
    assertThat(modules("thing-lora-osrm"))
        .hasSize(26)
        .contains("decoder.block.0.layer.1.EncDecAttention.k");
  }

  @Test
  void everyMergerHasAScoreForEveryAdapter() throws IOException {
    JsonNode results = new ObjectMapper().readTree(study.output().resolve("results.json").toFile());

    List<String> scored = new ArrayList<>();
    results
        .findValues("merger")
        .forEach(node -> scored.add(node.isTextual() ? node.asText() : node.path("name").asText()));
    assertThat(Set.copyOf(scored)).containsAll(EveryMerger.names(2));
    assertThat(scored.size()).isGreaterThanOrEqualTo(EveryMerger.names(2).size() * ADAPTERS);
  }

  private static Set<String> modules(String adapter) {
    return PeftAdapterFolder.read(study.output().resolve("adapters").resolve(adapter))
        .deltas()
        .keySet();
  }
}
