package dev.orthant.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page on the architecture tells what every module and every package of core is for. */
final class ArchitecturePageTest {

  private static final Path CORE = Path.of("../core/src/main/java/dev/orthant/core");
  private static final Pattern MODULE = Pattern.compile("<module>([\\w-]+)</module>");

  @Test
  void modulesAndPackagesAreExplained() throws IOException {
    String page = Files.readString(Path.of("architecture.md"));
    List<String> modules =
        MODULE
            .matcher(Files.readString(Path.of("../pom.xml")))
            .results()
            .map(module -> module.group(1))
            .toList();

    assertThat(modules).allSatisfy(name -> assertThat(page).contains("\n| `" + name + "` |"));
    try (Stream<Path> packages = Files.list(CORE)) {
      assertThat(packages.filter(Files::isDirectory))
          .isNotEmpty()
          .allSatisfy(p -> assertThat(page).contains("\n| `" + p.getFileName() + "` |"));
    }
  }
}
