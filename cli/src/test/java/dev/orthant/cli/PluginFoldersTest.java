package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.plugin.PluginException;
import dev.orthant.core.testing.PluginJar;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PluginFoldersTest {

  @TempDir Path folder;

  @Test
  void everyPlaceIsLookedAtInOrder() throws IOException {
    Path home = Files.createDirectories(folder.resolve("home/.orthant/plugins"));
    PluginFolders folders =
        folders(Map.of("ORTHANT_PLUGINS", made("b") + File.pathSeparator + made("c")));
    folders.commandLine(List.of(made("a")));

    assertThat(folders.with(List.of(made("d"))))
        .containsExactly(made("a"), made("b"), made("c"), home, made("d"));
  }

  @Test
  void aFolderNamedTwiceCountsOnce() throws IOException {
    Path once = made("a");
    PluginFolders folders = folders(Map.of("ORTHANT_PLUGINS", once.toString()));
    folders.commandLine(List.of(once.resolve("../a"), once));

    assertThat(folders.with(List.of(once))).containsExactly(once.resolve("../a"));
  }

  @Test
  void nothingNamedIsNoFolder() throws IOException {
    assertThat(folders(Map.of()).with(List.of())).isEmpty();
    assertThat(folders(Map.of("ORTHANT_PLUGINS", " " + File.pathSeparator)).with(List.of()))
        .isEmpty();
  }

  @Test
  void aFolderThatIsNotThereIsRefusedSayingWhoNamedIt() {
    Path gone = folder.resolve("gone");

    assertThatThrownBy(() -> folders(Map.of("ORTHANT_PLUGINS", gone.toString())).with(List.of()))
        .isInstanceOf(PluginException.class)
        .hasMessage(gone + ": there is no such plug-in folder (ORTHANT_PLUGINS)");
    assertThatThrownBy(() -> folders(Map.of()).with(List.of(gone)))
        .hasMessage(gone + ": there is no such plug-in folder (plugins of the configuration)");
  }

  @Test
  void theCommandLineTakesThemAnywhere() {
    new PluginJar().merger("One", "first-own").write(folder.resolve("one/x/x.jar"));
    new PluginJar().merger("Two", "second-own").write(folder.resolve("two/x/x.jar"));
    String one = folder.resolve("one").toString();
    String two = folder.resolve("two").toString();

    CliRun before = CliRun.of("--plugins", one, "plugins", "describe", "first-own");
    CliRun after = CliRun.of("plugins", "describe", "first-own", "--plugins", one);
    CliRun both =
        CliRun.of("plugins", "list", "--kind", "merger", "--plugins", one, "--plugins", two);

    assertThat(before.code()).as(before.err()).isZero();
    assertThat(after.out()).isEqualTo(before.out()).contains("lambda  number, positive");
    assertThat(both.out()).contains("first-own").contains("second-own");
  }

  @Test
  void theEnvironmentNamesThemToo() {
    new PluginJar().merger("One", "first-own").write(folder.resolve("one/x/x.jar"));
    StringWriter out = new StringWriter();

    int code =
        new OrthantCli(
                new PrintWriter(out),
                new PrintWriter(new StringWriter()),
                Map.of("ORTHANT_PLUGINS", folder.resolve("one").toString()))
            .run("plugins", "describe", "first-own");

    assertThat(code).isZero();
    assertThat(out.toString()).contains("first-own");
  }

  private PluginFolders folders(Map<String, String> environment) {
    return new PluginFolders(environment, folder.resolve("home"));
  }

  private Path made(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }
}
