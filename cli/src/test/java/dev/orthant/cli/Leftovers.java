package dev.orthant.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a failed command must not leave behind. */
final class Leftovers {

  private Leftovers() {}

  /** Files and folders that were being written under another name. */
  static List<Path> in(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> path.getFileName().toString().endsWith(".tmp")).toList();
    }
  }
}
