package dev.orthant.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The pages of the documentation. */
final class Pages {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private Pages() {}

  /** README.md, CHANGELOG.md, and every page below docs that is not a copy of the build. */
  static List<Path> all() throws IOException {
    List<Path> pages =
        new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("CHANGELOG.md")));
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      files
          .filter(f -> f.toString().endsWith(".md"))
          .filter(f -> !ROOT.relativize(f).toString().contains("target"))
          .sorted()
          .forEach(pages::add);
    }
    return pages;
  }
}
