package dev.orthant.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The folder that a command is told to write. */
final class OutputFolder {

  private OutputFolder() {}

  /** Refuses, before anything is computed, a place that is taken. */
  static void requireFree(Path folder, boolean force) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(folder + ": is a file, a folder is to be written there");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      if (!force && entries.findAny().isPresent()) {
        throw new IllegalArgumentException(
            folder + ": exists already and is not empty; name another folder or use --force");
      }
    }
  }
}
