package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.plugin.PluginDiscovery;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerTraits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * LoRA, MoSLoRA and OSRM on a decoder, and every merger that there is on its adapters: statistics,
 * training, merging and evaluation as for encoders.
 */
final class DecoderStudyTest {

  private static final List<String> ADAPTERS = List.of("lora", "lora-osrm", "moslora-osrm");

  /** What some mergers want beside their defaults. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "adamerging", ", steps: 3",
          "adamerging-plusplus", ", steps: 3",
          "iteris", ", iterations: 2");

  @TempDir private static Path folder = Path.of("");
  private static TinyStudy study = new TinyStudy(Path.of(""));

  @BeforeAll
  static void run() throws IOException {
    Path base = TinyDecoder.write(folder.resolve("base"));
    study = TinyStudy.write(folder.resolve("study"), base, TinyStudy.SMALL);
    study.with(
        "  - {name: lora, type: lora, rank: 4}\n",
        """
          - {name: lora, type: lora, rank: 4}
          - {name: lora-osrm, type: lora, rank: 4, target_modules: [q_proj, k_proj, v_proj, up_proj, down_proj], constraint: {type: osrm}}
          - {name: moslora-osrm, type: moslora, rank: 4, constraint: {type: osrm}}
        """);
    StringBuilder mergers = new StringBuilder();
    for (String type : mergers(2)) {
      mergers.append(
          "  - {name: %s, type: %s%s}%n".formatted(type, type, SETTINGS.getOrDefault(type, "")));
    }
    study.with("  - {name: average, type: average}\n", mergers.toString());
    for (String command : List.of("statistics", "train", "merge", "evaluate")) {
      CliRun run = study.run(command);
      assertThat(run.code()).as(run.err()).isZero();
    }
  }

  /** The mergers that take so many inputs. */
  private static List<String> mergers(int inputs) {
    ClassLoader loader = DecoderStudyTest.class.getClassLoader();
    Catalog catalog = new Catalog(new PluginDiscovery(loader, List.of()).discover(), List.of());
    return catalog.names(Kind.MERGER).stream()
        .filter(
            name -> {
              MergerTraits traits = traits(catalog.merger(name));
              return traits.minInputs() <= inputs && inputs <= traits.maxInputs();
            })
        .toList();
  }

  private static <C extends Record> MergerTraits traits(MergerFactory<C> factory) {
    return factory.traits(factory.defaults());
  }

  @Test
  void namesOfOtherFamiliesAreUnderstood() {
    assertThat(modules("opinion-lora"))
        .containsExactlyInAnyOrder(
            "model.layers.0.self_attn.q_proj",
            "model.layers.0.self_attn.v_proj",
            "model.layers.1.self_attn.q_proj",
            "model.layers.1.self_attn.v_proj");
    assertThat(modules("thing-lora-osrm")).hasSize(10).contains("model.layers.1.mlp.down_proj");
  }

  @Test
  void adaptersAreThoseOfAClassifierWithItsHead() {
    JsonNode config = json(study.output().resolve("adapters/opinion-lora/adapter_config.json"));

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
    assertThat(Set.copyOf(scored)).containsAll(mergers(2));
    assertThat(scored.size()).isGreaterThanOrEqualTo(mergers(2).size() * ADAPTERS.size());
  }

  @Test
  void mergersOfOneInputMergeOneAdapter() {
    List<String> ofOne = new ArrayList<>(mergers(1));
    ofOne.removeAll(mergers(2));

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
              study.output().resolve("adapters/opinion-lora").toString());
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
