package dev.orthant.core.merge.stream;

import dev.orthant.core.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * Digests of files.
 *
 * @param sha256 in hexadecimal, by file
 */
public record FileDigests(Map<Path, String> sha256) {

  private static final int BUFFER = 1 << 18;

  /** Keeps the order of the files. */
  public FileDigests {
    sha256 = Collections.unmodifiableMap(new TreeMap<>(sha256));
  }

  /**
   * Reads files, several at a time.
   *
   * @throws CheckpointException if one cannot be read
   */
  public static FileDigests of(Collection<Path> files, int threads) {
    Map<Path, String> digests = new TreeMap<>();
    try {
      Workers.each(
          threads,
          new ArrayList<>(files),
          () -> ByteBuffer.allocate(BUFFER),
          (buffer, file) -> {
            String digest = digest(file, buffer);
            synchronized (digests) {
              digests.put(file, digest);
            }
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while files were read", e);
    }
    return new FileDigests(digests);
  }

  private static String digest(Path file, ByteBuffer buffer) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      while (channel.read(buffer.clear()) >= 0) {
        digest.update(buffer.flip());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
