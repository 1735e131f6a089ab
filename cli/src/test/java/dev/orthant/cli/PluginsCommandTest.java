package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class PluginsCommandTest {

  @Test
  void everyPluginIsListedWithItsOrigin() {
    CliRun run = CliRun.of("plugins");

    assertThat(run.code()).isZero();
    assertThat(run.out()).startsWith("adapters").contains("lora").contains("arXiv");
  }

  @Test
  void jsonHoldsTheSame() throws IOException {
    JsonNode plugins = JsonMapper.builder().build().readTree(CliRun.of("plugins", "--json").out());

    assertThat(plugins).isNotEmpty();
    for (JsonNode plugin : plugins) {
      assertThat(plugin.properties())
          .extracting(e -> e.getKey())
          .containsExactly("kind", "name", "summary", "version", "jar", "references");
    }
  }

  @Test
  void oneKindCanBeAskedFor() throws IOException {
    JsonNode adapters =
        JsonMapper.builder()
            .build()
            .readTree(CliRun.of("plugins", "--json", "--kind", "adapter").out());

    assertThat(adapters).allMatch(plugin -> plugin.path("kind").asText().equals("adapter"));
  }

  @Test
  void aFolderThatIsNoPluginFolderIsRefused() {
    CliRun run = CliRun.of("plugins", "--plugins", "/nowhere/at/all");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).startsWith("error: ").contains("/nowhere/at/all");
  }

  @Test
  void aComponentIsDescribedByItsRecord() {
    CliRun run = CliRun.of("plugins", "describe", "ties");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out().lines())
        .contains(
            "merger ties: trim small elements, elect signs, merge what agrees",
            "  TIES-Merging: Resolving Interference When Merging Models (arXiv 2306.01708)",
            "  density  number, in (0, 1]; default 0.2",
            "           fraction of each delta that is kept, in (0, 1]",
            "  profile  one of paper, mergekit, peft, fusionbench; default paper",
            "  needs: task vectors",
            "  spaces: full, core, knots",
            "  inputs: at least 1");
  }

  @Test
  void everyComponentCanBeDescribed() throws IOException {
    for (JsonNode plugin :
        JsonMapper.builder().build().readTree(CliRun.of("plugins", "--json").out())) {
      String name = plugin.get("name").textValue();
      CliRun run =
          CliRun.of(
              "plugins", "describe", name, "--kind", plugin.get("kind").textValue(), "--json");

      assertThat(run.code()).as(name + ": " + run.err()).isZero();
      JsonNode keys = JsonMapper.builder().build().readTree(run.out()).get(0).get("keys");
      assertThat(keys.isArray()).isTrue();
      assertThat(keys)
          .as("keys of %s without a @param in the Javadoc of their record", name)
          .noneMatch(key -> key.get("meaning").textValue().isEmpty());
    }
  }

  @Test
  void aMistypedNameIsHelped() {
    assertThat(CliRun.of("plugins", "describe", "tie").error().get(0))
        .isEqualTo(
            "error: unknown plug-in 'tie', did you mean 'ties'? 'orthant plugins list' lists them");
  }
}
