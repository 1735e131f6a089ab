package dev.orthant.core.checkpoint;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file of a model or an adapter cannot be read or written. */
public final class CheckpointException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient @Nullable Path file;

  /**
   * @param file the file or folder
   * @param what what is wrong with it, and what would be right
   */
  public CheckpointException(Path file, String what) {
    this(file, what, null);
  }

  /**
   * @param file the file or folder
   * @param what what is wrong with it, and what would be right
   * @param cause what made it known, or null
   */
  public CheckpointException(Path file, String what, @Nullable Throwable cause) {
    super(file + ": " + what, cause);
    this.file = file;
  }

  /**
   * @param file the file
   * @param what what is wrong with it, and what would be right
   * @param offset where in the file, in bytes from its start
   */
  public CheckpointException(Path file, String what, long offset) {
    this(file, what + " (at byte " + offset + ")", null);
  }

  /** The file or folder; null after serialisation. */
  public @Nullable Path file() {
    return file;
  }

  /** An input or output error in plain words. */
  static CheckpointException reading(Path file, IOException cause) {
    return new CheckpointException(file, "cannot be read: " + reason(cause), cause);
  }

  /** An input or output error in plain words. */
  static CheckpointException writing(Path file, IOException cause) {
    return new CheckpointException(file, "cannot be written: " + reason(cause), cause);
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException missing) {
      return "there is no " + missing.getFile();
    }
    if (e instanceof AccessDeniedException denied) {
      return "access to " + denied.getFile() + " is denied";
    }
    if (e instanceof NotDirectoryException not) {
      return not.getFile() + " is not a folder";
    }
    if (e instanceof FileSystemException other && other.getReason() != null) {
      return other.getReason();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
