package dev.orthant.core.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.orthant.core.testing.PluginJar;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SpiCompatibilityTest {

  private static final String INTERFACE =
      """
      package dev.orthant.core.spi;
      public interface Rule {
        String name();
        default int rank(int given) { return given; }
        @Experimental void trial();
        enum Need { BASE, GRAM }
      }
      """;
  private static final String RECORD =
      "package dev.orthant.core.spi; public record Place(String module, int rank) {}";
  private static final String ELSEWHERE =
      "package dev.orthant.core.other; public interface Inner { void run(); }";

  @TempDir private static Path folder = Path.of("");
  private static Path before = Path.of("");

  @BeforeAll
  static void compile() {
    before = jar("before", "", "");
  }

  /** A change of one line that plug-ins do not notice: {@code old -> new}. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "String name(); -> String name(); default String summary() { return name(); }",
        "enum Need { BASE, GRAM } -> enum Need { BASE, GRAM, FISHER }",
        "int rank) {} -> int rank) { public int twice() { return 2 * rank; } }",
        "@Experimental void trial(); -> @Experimental void trial(int more);",
        "@Experimental void trial(); -> ",
        "void run(); -> void run(int more);"
      })
  void whatPluginsDoNotNoticeIsAccepted(String change) {
    assertThat(problems(change)).isEmpty();
  }

  /** A change of one line after which a plug-in does not compile or run. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "String name(); -> String name(); String summary();",
        "String name(); -> ",
        "String name(); -> Object name();",
        "String name(); -> CharSequence name();",
        "default int rank(int given) { return given; } -> int rank(int given);",
        "rank(int given) { return given; } -> rank(long given) { return 0; }",
        "default int rank(int given) { return given; } -> ",
        "enum Need { BASE, GRAM } -> enum Need { BASE }",
        "public interface Rule -> interface Rule",
        "public interface Rule { -> public interface Rules {",
        "String module, int rank -> String module",
        "String module, int rank -> String module, long rank",
        "String module, int rank -> String module, int rank, double alpha"
      })
  void whatBreaksThemIsRefused(String change) {
    assertThat(problems(change)).isNotEmpty();
  }

  @Test
  void theSameInterfacesAreCompatible() throws Exception {
    Path now = now();

    assertThat(SpiCompatibility.problems(now, now)).isEmpty();
  }

  /** The build fetches the last release's jar as soon as there is one, see the pom. */
  @Test
  void theInterfacesServePluginsOfTheLastRelease() throws Exception {
    Path released = Path.of("target", "released", "orthant-core.jar");
    assumeTrue(Files.exists(released), "nothing is released yet");

    List<String> problems = SpiCompatibility.problems(released, now());

    assertThat(problems)
        .as("changes that need a new SpiVersion.MAJOR, and a jar that was released with it")
        .isEmpty();
  }

  private static List<String> problems(String change) {
    String[] sides = change.split(" -> ", 2);
    Path after = jar("after", sides[0], sides[1]);
    return SpiCompatibility.problems(before, after);
  }

  private static Path jar(String name, String old, String replacement) {
    PluginJar jar = new PluginJar();
    List<String> classes =
        List.of(
            "dev.orthant.core.spi.Rule",
            "dev.orthant.core.spi.Place",
            "dev.orthant.core.other.Inner");
    List<String> sources = List.of(INTERFACE, RECORD, ELSEWHERE);
    for (int i = 0; i < classes.size(); i++) {
      String source = old.isEmpty() ? sources.get(i) : sources.get(i).replace(old, replacement);
      String className = classes.get(i);
      jar.source(source.contains("Rules {") ? className + "s" : className, source);
    }
    return jar.write(folder.resolve(name + ".jar"));
  }

  private static Path now() throws Exception {
    Path classes =
        Path.of(SpiVersion.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isRegularFile(classes)) {
      return classes;
    }
    Path jar = folder.resolve("now.jar");
    PrintStream messages = new PrintStream(PrintStream.nullOutputStream());
    ToolProvider.findFirst("jar")
        .orElseThrow()
        .run(messages, messages, "cf", jar.toString(), "-C", classes.toString(), ".");
    return jar;
  }
}
