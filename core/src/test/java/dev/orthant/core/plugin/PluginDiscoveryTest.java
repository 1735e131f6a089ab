package dev.orthant.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.testing.PluginJar;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PluginDiscoveryTest {

  private static final String MERGER = "dev.orthant.core.spi.MergerFactory";

  @TempDir Path plugins;

  @Test
  void findsThePluginOfAFolder() {
    new PluginJar()
        .merger("ThirdParty", "third-party")
        .manifest("Implementation-Version", "2.3")
        .manifest("Orthant-Spi-Version", "1")
        .write(plugins.resolve("third/third-party.jar"));

    Plugin found = only("third-party");

    assertThat(found.kind()).isEqualTo(Kind.MERGER);
    assertThat(found.descriptor().version()).isEqualTo("2.3");
    assertThat(found.descriptor().jar()).isEqualTo("third-party.jar");
    assertThat(found.component().getClass().getClassLoader()).isNotSameAs(host());
  }

  @Test
  void findsThePluginsOfTheHostOnceOnly() throws IOException {
    Path onClassPath = new PluginJar().merger("Hosted", "hosted").write(plugins.resolve("h.jar"));
    Path folder = plugins.resolve("folder");
    new PluginJar().merger("Guest", "guest").write(folder.resolve("guest/guest.jar"));
    try (URLClassLoader host = new URLClassLoader(new URL[] {url(onClassPath)}, host())) {

      List<Plugin> found = new PluginDiscovery(host, List.of(folder)).discover();

      assertThat(found).extracting(Plugin::name).contains("guest").containsOnlyOnce("hosted");
    }
  }

  @Test
  void pluginsMayUseTheSameClassNames() {
    new PluginJar().merger("Same", "one").write(plugins.resolve("a/a.jar"));
    new PluginJar().merger("Same", "two").write(plugins.resolve("b/b.jar"));

    assertThat(discover()).extracting(Plugin::name).contains("one", "two");
  }

  @Test
  void severalJarsOfAFolderShareALoader() {
    new PluginJar().merger("First", "first").write(plugins.resolve("both/1.jar"));
    new PluginJar().merger("Second", "second").write(plugins.resolve("both/2.jar"));

    List<Plugin> found = discover();

    assertThat(named(found, "first").component().getClass().getClassLoader())
        .isSameAs(named(found, "second").component().getClass().getClassLoader());
  }

  @Test
  void hiddenFoldersAndLooseFilesDoNotCount() throws IOException {
    Files.createDirectories(plugins.resolve(".trash"));
    Files.writeString(plugins.resolve("README"), "plug-ins go here");

    assertThat(discover())
        .extracting(Plugin::descriptor)
        .isEqualTo(
            new PluginDiscovery(host(), List.of())
                .discover().stream().map(Plugin::descriptor).toList());
  }

  @Test
  void aMissingFolderIsRefused() {
    assertThatThrownBy(
            () -> new PluginDiscovery(host(), List.of(plugins.resolve("none"))).discover())
        .isInstanceOf(PluginException.class)
        .hasMessage(plugins.resolve("none") + ": there is no such plug-in folder");
  }

  @Test
  void anEmptyFolderIsRefused() throws IOException {
    Path empty = Files.createDirectories(plugins.resolve("empty"));

    assertRefused().hasMessageStartingWith(empty + ": this plug-in folder holds no jar");
  }

  @Test
  void aJarOutsideOfAFolderIsRefused() {
    Path jar = new PluginJar().merger("Loose", "loose").write(plugins.resolve("loose.jar"));

    assertRefused()
        .hasMessageStartingWith(jar.toString())
        .hasMessageContaining(plugins.resolve("loose/loose.jar").toString());
  }

  @Test
  void aJarWithoutAPluginIsRefused() {
    new PluginJar().write(plugins.resolve("library/library.jar"));

    assertRefused()
        .hasMessageContaining(plugins.resolve("library").toString())
        .hasMessageContaining("library.jar");
  }

  @Test
  void aServicesLineThatIsNoNameIsRefused() {
    new PluginJar().services(MERGER, "not a class name").write(plugins.resolve("bad/bad.jar"));

    assertRefused().hasMessageContaining("bad.jar").hasMessageContaining(MERGER + ":1");
  }

  @Test
  void aServicesLineOfAMissingClassIsRefused() {
    new PluginJar().services(MERGER, "org.example.Gone").write(plugins.resolve("gone/gone.jar"));

    assertRefused().hasMessageContaining("gone.jar").hasMessageContaining("org.example.Gone");
  }

  @Test
  void aClassThatDoesNotImplementTheInterfaceIsRefused() {
    new PluginJar()
        .source("Plain", "public final class Plain {}")
        .services(MERGER, "Plain")
        .write(plugins.resolve("plain/plain.jar"));

    assertRefused().hasMessageContaining("plain.jar").hasMessageContaining("not a subtype");
  }

  @Test
  void aConstructorThatFailsIsRefused() {
    String source =
        """
        public final class Failing extends Base {
          public Failing() { throw new IllegalStateException("no licence"); }
        }
        """;
    new PluginJar()
        .merger("Base", "base")
        .source("Failing", source)
        .services(MERGER, "Failing")
        .write(plugins.resolve("failing/failing.jar"));

    assertRefused().hasMessageContaining("failing.jar").hasMessageContaining("no licence");
  }

  @Test
  void anIllegalNameIsRefused() {
    new PluginJar().merger("Shouting", "LOUD").write(plugins.resolve("loud/loud.jar"));

    assertRefused().hasMessageContaining("loud.jar").hasMessageContaining("illegal name 'LOUD'");
  }

  @Test
  void aNameGivenTwiceIsRefused() {
    new PluginJar().merger("One", "same").write(plugins.resolve("one/one.jar"));
    new PluginJar().merger("Two", "same").write(plugins.resolve("two/two.jar"));

    assertRefused()
        .hasMessageContaining("two mergers are named 'same'")
        .hasMessageContaining("one.jar")
        .hasMessageContaining("two.jar");
  }

  @Test
  void anotherVersionOfTheInterfacesIsRefused() {
    new PluginJar()
        .merger("Newer", "newer")
        .manifest("Orthant-Spi-Version", "2")
        .write(plugins.resolve("newer/newer.jar"));

    assertRefused().hasMessageContaining("newer.jar").hasMessageContaining("version 2");
  }

  @Test
  void aNewerMinorVersionIsRefusedToo() {
    new PluginJar()
        .merger("Newer", "newer")
        .manifest("Orthant-Spi-Version", "1.99")
        .write(plugins.resolve("newer/newer.jar"));

    assertRefused()
        .hasMessageContaining("newer.jar")
        .hasMessageContaining("version 1.99")
        .hasMessageEndingWith("use a newer Orthant");
  }

  @Test
  void aVersionThatIsNoneIsRefused() {
    new PluginJar()
        .merger("Odd", "odd")
        .manifest("Orthant-Spi-Version", "one")
        .write(plugins.resolve("odd/odd.jar"));

    assertRefused().hasMessageContaining("odd.jar").hasMessageContaining("which is no version");
  }

  @Test
  void anotherVersionOfTheInterfacesIsRefusedOnTheClassPathToo() throws IOException {
    Path jar =
        new PluginJar()
            .merger("Old", "old")
            .manifest("Orthant-Spi-Version", "0.9")
            .write(plugins.resolve("old.jar"));
    try (URLClassLoader host = new URLClassLoader(new URL[] {url(jar)}, host())) {

      assertThatThrownBy(() -> new PluginDiscovery(host, List.of()).discover())
          .isInstanceOf(PluginException.class)
          .hasMessageContaining("old.jar")
          .hasMessageContaining("version 0.9");
    }
  }

  @Test
  void aFileThatIsNoJarIsRefused() throws IOException {
    Path jar = plugins.resolve("text/text.jar");
    Files.createDirectories(jar.getParent());
    Files.writeString(jar, "not a zip file");

    assertRefused().hasMessageStartingWith(jar + ": not a readable jar");
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused() {
    return assertThatThrownBy(this::discover).isInstanceOf(PluginException.class);
  }

  private List<Plugin> discover() {
    return new PluginDiscovery(host(), List.of(plugins)).discover();
  }

  private Plugin only(String name) {
    return named(discover(), name);
  }

  private static Plugin named(List<Plugin> found, String name) {
    return found.stream().filter(plugin -> plugin.name().equals(name)).findFirst().orElseThrow();
  }

  private static ClassLoader host() {
    return PluginDiscoveryTest.class.getClassLoader();
  }

  private static URL url(Path jar) throws IOException {
    return jar.toUri().toURL();
  }
}
