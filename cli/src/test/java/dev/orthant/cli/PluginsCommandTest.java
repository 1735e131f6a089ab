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
    CliRun run = CliRun.of("plugins", "--folder", "/nowhere/at/all");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).startsWith("error: ").contains("/nowhere/at/all");
  }
}
