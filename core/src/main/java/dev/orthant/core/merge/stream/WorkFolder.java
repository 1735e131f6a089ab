package dev.orthant.core.merge.stream;

import dev.orthant.core.checkpoint.AtomicFolder;
import dev.orthant.core.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The hidden folder that a result is made in, locked while one process works on it. */
final class WorkFolder implements AutoCloseable {

  private static final String LOCK = "lock";

  private final Path folder;
  private final FileChannel channel;

  private WorkFolder(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Makes the folder unless it is there, and locks it.
   *
   * @throws CheckpointException if another process has it
   */
  static WorkFolder claim(Path folder) throws IOException {
    Files.createDirectories(folder);
    FileChannel channel =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // another merge of this process has it, which is told below
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw new CheckpointException(folder, "another merge is writing the same result");
    }
    return new WorkFolder(folder, channel);
  }

  /** Deletes it: the result has its name. */
  void delete() {
    AtomicFolder.delete(folder);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
