package dev.orthant.cli;

import com.google.inject.ProvisionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What to tell a user about a failure. */
final class ErrorText {

  private ErrorText() {}

  /** One line, or more where the error itself has several, without the word "error". */
  static String of(Throwable failure) {
    Throwable cause = unwrap(failure);
    if (cause instanceof OutOfMemoryError) {
      return "out of memory (%s): lower training.batch_size, or give the virtual machine more, e.g. ORTHANT_OPTS=-Xmx8g"
          .formatted(cause.getMessage());
    }
    if (cause instanceof FileSystemException file) {
      return ofFile(file);
    }
    if (failure instanceof UncheckedIOException wrapper && saysMore(wrapper)) {
      return wrapper.getMessage() + ": " + cause.getMessage();
    }
    String message = cause.getMessage();
    if (message != null && !message.isBlank() && isMeantForUsers(cause)) {
      return message.strip();
    }
    return "unexpected %s%s; run again with --verbose for the details"
        .formatted(
            cause.getClass().getSimpleName(),
            message == null || message.isBlank() ? "" : ": " + message.strip());
  }

  /** The failure itself, without what threads, streams and injection wrapped around it. */
  static Throwable unwrap(Throwable failure) {
    Throwable current = failure;
    while (current.getCause() != null
        && (current instanceof UncheckedIOException
            || current instanceof CompletionException
            || current instanceof ExecutionException
            || current instanceof InvocationTargetException
            || current instanceof ProvisionException)) {
      current = current.getCause();
    }
    return current;
  }

  /** Most plain input and output errors do not name their file, the wrapper may. */
  private static boolean saysMore(UncheckedIOException wrapper) {
    Throwable cause = wrapper.getCause();
    return cause.getMessage() != null && !cause.toString().equals(wrapper.getMessage());
  }

  private static boolean isMeantForUsers(Throwable cause) {
    return cause instanceof IllegalArgumentException
        || cause instanceof IOException
        || cause.getClass().getName().startsWith("dev.orthant.");
  }

  private static String ofFile(FileSystemException failure) {
    String file = failure.getFile();
    if (failure instanceof NoSuchFileException) {
      return "no such file or folder: " + file;
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied: " + file;
    }
    if (failure instanceof FileAlreadyExistsException) {
      return "already exists: " + file;
    }
    if (failure instanceof NotDirectoryException) {
      return "not a folder: " + file;
    }
    if (failure instanceof DirectoryNotEmptyException) {
      return "folder is not empty: " + file;
    }
    String reason = failure.getReason();
    return reason == null
        ? "cannot use file: " + file
        : reason.toLowerCase(Locale.ROOT) + ": " + file;
  }
}
