package dev.orthant.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.PluginDiscovery;
import dev.orthant.core.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The messages that the guide's last table shows are those that are told. */
final class PluginMessagesTest {

  private static final String MERGER = "dev.orthant.core.spi.MergerFactory";
  private static final Pattern ROW = Pattern.compile("^\\| `([^`]+)` \\|", Pattern.MULTILINE);

  @TempDir Path root;
  private int folders;

  @Test
  void everyMessageOfTheTableIsTold() throws IOException {
    List<String> told =
        List.of(
            message(plugins -> new PluginJar().merger("X", "x").write(plugins.resolve("x.jar"))),
            message(plugins -> Files.createDirectories(plugins.resolve("empty"))),
            message(plugins -> new PluginJar().write(plugins.resolve("x/x.jar"))),
            message(
                plugins ->
                    new PluginJar()
                        .services(MERGER, "not a name")
                        .write(plugins.resolve("x/x.jar"))),
            message(
                plugins ->
                    new PluginJar()
                        .services(MERGER, "org.example.Gone")
                        .write(plugins.resolve("x/x.jar"))),
            message(
                plugins -> {
                  new PluginJar().merger("X", "mine").write(plugins.resolve("x/x.jar"));
                  new PluginJar().merger("Y", "mine").write(plugins.resolve("y/y.jar"));
                }),
            message(
                plugins ->
                    new PluginJar().merger("Mine", "Mine").write(plugins.resolve("x/x.jar"))),
            message(
                plugins ->
                    new PluginJar()
                        .merger("X", "x")
                        .manifest("Orthant-Spi-Version", "2")
                        .write(plugins.resolve("x/x.jar"))),
            unknownMerger());

    Matcher row = ROW.matcher(table());
    int rows = 0;
    while (row.find()) {
      rows++;
      String shown = row.group(1).replace("org.example.Mine", "Mine");
      if (!shown.endsWith("(ORTHANT_PLUGINS)")) { // the command's own, tested there
        assertThat(told).anyMatch(message -> matches(message, shown));
      }
    }

    assertThat(rows).isEqualTo(told.size() + 1);
  }

  /** Whether a message is what is shown, where "..." stands for anything. */
  private static boolean matches(String message, String shown) {
    StringBuilder pattern = new StringBuilder();
    for (String part : shown.split("\\.\\.\\.", -1)) {
      pattern.append(pattern.length() == 0 ? "" : ".*").append(Pattern.quote(part));
    }
    return Pattern.compile(pattern.toString(), Pattern.DOTALL).matcher(message).matches();
  }

  private static String table() throws IOException {
    return Files.readString(Path.of("plugins.md")).split("## What can go wrong")[1];
  }

  /** Puts something wrong into a plug-in folder. */
  private interface Mistake {
    void in(Path plugins) throws IOException;
  }

  private String message(Mistake mistake) throws IOException {
    Path plugins = Files.createDirectories(root.resolve("plugins" + folders++));
    mistake.in(plugins);
    return catchThrowable(() -> discovery(List.of(plugins)).discover()).getMessage();
  }

  private String unknownMerger() {
    Path plugins = root.resolve("own");
    new PluginJar().merger("X", "my-merger").write(plugins.resolve("x/x.jar"));
    Catalog catalog = new Catalog(discovery(List.of(plugins)).discover(), List.of());
    return catchThrowable(() -> catalog.merger("my-meger")).getMessage();
  }

  private static PluginDiscovery discovery(List<Path> folders) {
    return new PluginDiscovery(PluginMessagesTest.class.getClassLoader(), folders);
  }
}
