package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.checkpoint.CheckpointException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

final class ErrorTextTest {

  @Test
  void filesAreSpokenOfInPlainWords() {
    assertThat(ErrorText.of(new NoSuchFileException("a.json")))
        .isEqualTo("no such file or folder: a.json");
    assertThat(ErrorText.of(new AccessDeniedException("a.json")))
        .isEqualTo("permission denied: a.json");
    assertThat(ErrorText.of(new FileAlreadyExistsException("out")))
        .isEqualTo("already exists: out");
    assertThat(ErrorText.of(new FileSystemException("out", null, "No space left on device")))
        .isEqualTo("no space left on device: out");
  }

  @Test
  void wrappersAreTakenOff() {
    Throwable failure =
        new CompletionException(new UncheckedIOException(new NoSuchFileException("a.json")));

    assertThat(ErrorText.of(failure)).isEqualTo("no such file or folder: a.json");
  }

  @Test
  void theWrapperOfAPlainErrorNamesTheFile() {
    Throwable failure =
        new UncheckedIOException(
            "cannot write a.jsonl", new IOException("No space left on device"));

    assertThat(ErrorText.of(failure)).isEqualTo("cannot write a.jsonl: No space left on device");
    assertThat(ErrorText.of(new UncheckedIOException(new IOException("broken pipe"))))
        .isEqualTo("broken pipe");
  }

  @Test
  void ourOwnMessagesAreGivenAsTheyAre() {
    assertThat(ErrorText.of(new IllegalArgumentException("density must be in (0, 1], was 1.5")))
        .isEqualTo("density must be in (0, 1], was 1.5");
    assertThat(ErrorText.of(new CheckpointException(Path.of("a.safetensors"), "truncated")))
        .isEqualTo("a.safetensors: truncated");
  }

  @Test
  void whatNobodyExpectedIsNamedAndPointsToTheDetails() {
    assertThat(ErrorText.of(new IllegalStateException("broken")))
        .isEqualTo(
            "unexpected IllegalStateException: broken; run again with --verbose for the details");
    assertThat(ErrorText.of(new NullPointerException())).startsWith("unexpected NullPointer");
  }

  @Test
  void outOfMemorySaysWhatToDo() {
    assertThat(ErrorText.of(new OutOfMemoryError("Java heap space")))
        .startsWith("out of memory (Java heap space)")
        .contains("ORTHANT_OPTS");
  }
}
