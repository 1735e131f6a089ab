package dev.orthant.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The messages that the page on troubles quotes are those of the sources. In a quotation, {@code
 * ...} stands for what differs from case to case.
 */
final class TroubleshootingTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path PAGE = Path.of("troubleshooting.md");
  private static final Pattern QUOTATION = Pattern.compile("^### `(.+)`$", Pattern.MULTILINE);
  private static final int LEAST = 15;

  @Test
  void everyMessageIsInTheSources() throws IOException {
    String sources = sources();
    List<String> quotations =
        QUOTATION.matcher(Files.readString(PAGE)).results().map(m -> m.group(1)).toList();

    List<String> unknown = new ArrayList<>();
    for (String quotation : quotations) {
      for (String part : quotation.split("\\.\\.\\.")) {
        if (!part.isBlank() && !sources.contains(part.strip())) {
          unknown.add(quotation + ": '" + part.strip() + "'");
        }
      }
    }

    assertThat(quotations).hasSizeGreaterThan(LEAST);
    assertThat(unknown).isEmpty();
  }

  /** All sources and start scripts, with strings that are put together of pieces as one. */
  private static String sources() throws IOException {
    List<Path> folders = new ArrayList<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      modules.map(m -> m.resolve("src/main")).filter(Files::isDirectory).forEach(folders::add);
    }
    StringBuilder text = new StringBuilder(Files.readString(ROOT.resolve("orthant")));
    for (Path folder : folders) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(TroubleshootingTest::isSource).toList()) {
          text.append(Files.readString(file));
        }
      }
    }
    return Arrays.stream(text.toString().split("\"\\s*\\+\\s*\"")).collect(Collectors.joining());
  }

  private static boolean isSource(Path file) {
    return file.toString().endsWith(".java") || file.endsWith("distribution/orthant");
  }
}
