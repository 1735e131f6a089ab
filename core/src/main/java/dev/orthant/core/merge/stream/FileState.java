package dev.orthant.core.merge.stream;

import dev.orthant.core.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** What tells a file from others and from itself at another time, without its bytes. */
final class FileState {

  private FileState() {}

  static String of(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return "%s %d %s"
          .formatted(
              file.toAbsolutePath().normalize(),
              attributes.size(),
              attributes.lastModifiedTime().toInstant());
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read", e);
    }
  }
}
