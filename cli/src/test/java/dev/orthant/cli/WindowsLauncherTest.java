package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What can be said about the start script for Windows where there is no Windows: it is well formed,
 * and starts Java as the one for Unix does.
 */
final class WindowsLauncherTest {

  private static final Path SCRIPTS = Path.of("src/main/distribution");
  private static final Set<String> ENVIRONMENT =
      Set.of("JAVA_HOME", "ORTHANT_OPTS", "RANDOM", "ERRORLEVEL");

  private final String text = read("orthant.cmd");

  /** Commands without remarks. */
  private final List<String> lines =
      text.lines().filter(line -> !line.startsWith("rem ") && !line.equals("rem")).toList();

  @Test
  void linesEndAsWindowsEndsThemAndAreAscii() {
    assertThat(text.replace("\r\n", "")).doesNotContain("\n", "\r");
    assertThat(text).isEqualToIgnoringWhitespace(text.replaceAll("[^\\x20-\\x7e\\r\\n]", ""));
  }

  @Test
  void quotesAndBlocksAreClosed() {
    long open = 0;
    for (String line : lines) {
      assertThat(line.chars().filter(c -> c == '"').count() % 2).as(line).isZero();
      String bare = line.replaceAll("\"[^\"]*\"", "").replaceAll("'[^']*'", "");
      open += count(bare, "(") - count(bare, ")");
      assertThat(open).as(line).isNotNegative();
    }
    assertThat(open).isZero();
  }

  @Test
  void everyLabelThatIsGoneToIsThere() {
    Set<String> targets = all("(?:goto|call) :?(\\w+)");
    Set<String> labels =
        lines.stream()
            .filter(line -> line.startsWith(":"))
            .map(line -> line.substring(1))
            .collect(Collectors.toSet());

    assertThat(targets).isNotEmpty().isEqualTo(labels);
  }

  @Test
  void everyVariableIsSetOrOfTheEnvironment() {
    Set<String> used = all("%(\\w+)%");
    Set<String> set = all("set \"?(\\w+)=");

    assertThat(set).contains("home", "java", "main");
    used.removeAll(set);
    assertThat(used).isSubsetOf(ENVIRONMENT);
  }

  @Test
  void javaIsStartedAsOnUnix() {
    String unix = read("orthant");
    String start = lines.stream().filter(line -> line.contains("%*")).findFirst().orElseThrow();

    String options = unix.lines().filter(l -> l.contains("-Xms")).findFirst().orElseThrow();
    assertThat(start)
        .contains(options.substring(options.indexOf("-Xms"), options.indexOf(" \"$@")));
    assertThat(start).containsPattern("stderr %ORTHANT_OPTS% -jar \"%main%\" %\\*$");
    for (String shared :
        List.of(
            "--add-modules jdk.incubator.vector",
            "-XX:+UseSerialGC -XX:ArchiveClassesAtExit=",
            "-XX:SharedArchiveFile=",
            "plugins list --json",
            "OPT_OUT_TRACKING",
            "RUST_FLAVOR")) {
      assertThat(text).contains(shared);
      assertThat(unix).contains(shared);
    }
  }

  private Set<String> all(String pattern) {
    return Pattern.compile(pattern)
        .matcher(String.join("\n", lines))
        .results()
        .map((MatchResult result) -> result.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static long count(String text, String sign) {
    return text.chars().filter(c -> c == sign.charAt(0)).count();
  }

  private static String read(String script) {
    try {
      return Files.readString(SCRIPTS.resolve(script));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
