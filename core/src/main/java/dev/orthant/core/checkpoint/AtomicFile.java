package dev.orthant.core.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Files that appear complete under their name or not at all. */
public final class AtomicFile {

  private AtomicFile() {}

  /** What puts a file's contents into an empty channel. */
  @FunctionalInterface
  public interface Contents {

    /** Writes everything, from the start. */
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * Writes beside the target, forces the bytes to the disk, and renames. An existing file is
   * replaced, missing parent folders are made. If anything fails, the target is as before and
   * nothing is left beside it.
   *
   * @throws CheckpointException if the file cannot be written, for example on a full disk
   */
  public static void write(Path target, Contents contents) {
    Path temporary = beside(target);
    try {
      Files.createDirectories(temporary.getParent());
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        contents.writeTo(channel);
        channel.force(true);
      }
      rename(temporary, target);
    } catch (IOException e) {
      throw CheckpointException.writing(target, e);
    } finally {
      deleteQuietly(temporary);
    }
  }

  /** Writes a text in UTF-8. */
  public static void write(Path target, String text) {
    write(target, channel -> writeFully(channel, text.getBytes(StandardCharsets.UTF_8)));
  }

  static void writeFully(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** A name in the same folder that nothing has. */
  static Path beside(Path target) {
    Path absolute = target.toAbsolutePath();
    return absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
  }

  static void rename(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // a leftover under a hidden name does no harm, and the first error matters more
    }
  }
}
