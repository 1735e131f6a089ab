package dev.orthant.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file that a command writes. */
final class OutputFile {

  private OutputFile() {}

  /** The file, if it may be written. */
  static Path requireFree(@Nullable Path file, boolean force) {
    if (file == null) {
      throw new MisuseException("--output needs the file to write");
    }
    if (Files.isDirectory(file)) {
      throw new IllegalArgumentException(file + ": is a folder, the output is a file");
    }
    if (Files.exists(file) && !force) {
      throw new IllegalArgumentException(file + ": exists; --force replaces it");
    }
    return file;
  }
}
