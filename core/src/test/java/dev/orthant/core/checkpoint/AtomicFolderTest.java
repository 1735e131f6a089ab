package dev.orthant.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFolderTest {

  @TempDir Path folder;

  @Test
  void isInvisibleUntilItIsComplete() throws IOException {
    Path target = folder.resolve("parent").resolve("target");

    AtomicFolder.write(
        target,
        false,
        into -> {
          Files.createDirectories(into.resolve("sub"));
          Files.writeString(into.resolve("sub").resolve("a"), "a");
          assertThat(target).doesNotExist();
        });

    assertThat(target.resolve("sub").resolve("a")).hasContent("a");
    assertThat(entries(target.getParent())).containsExactly(target);
  }

  @Test
  void leavesNothingWhenItFails() throws IOException {
    Path target = folder.resolve("target");

    assertThatThrownBy(
            () ->
                AtomicFolder.write(
                    target,
                    false,
                    into -> {
                      Files.writeString(into.resolve("a"), "a");
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(target + ": cannot be written: No space left on device");

    assertThat(entries(folder)).isEmpty();
  }

  @Test
  void namesTheFileThatFailedByItsFinalPlace() {
    Path target = folder.resolve("model");

    assertThatThrownBy(
            () ->
                AtomicFolder.write(
                    target,
                    false,
                    into -> {
                      throw new CheckpointException(into.resolve("a/b.json"), "disk full");
                    }))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(target.resolve("a/b.json") + ": disk full");
  }

  @Test
  void keepsTheOldFolderWhenTheNewOneFails() throws IOException {
    Path target = Files.createDirectory(folder.resolve("target"));
    Files.writeString(target.resolve("old"), "old");

    assertThatThrownBy(
            () ->
                AtomicFolder.write(
                    target,
                    true,
                    into -> {
                      throw new IllegalStateException("stop");
                    }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(target.resolve("old")).hasContent("old");
    assertThat(entries(folder)).containsExactly(target);
  }

  @Test
  void replacesOnlyWhenAsked() throws IOException {
    Path target = Files.createDirectory(folder.resolve("target"));
    Files.writeString(target.resolve("old"), "old");

    assertThatThrownBy(() -> AtomicFolder.write(target, false, into -> {}))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("exists already and is not empty");
    AtomicFolder.write(target, true, into -> Files.writeString(into.resolve("new"), "new"));

    assertThat(entries(target)).containsExactly(target.resolve("new"));
    assertThat(entries(folder)).containsExactly(target);
  }

  @Test
  void takesTheNameOfAnEmptyFolder() throws IOException {
    Path target = Files.createDirectory(folder.resolve("target"));

    AtomicFolder.write(target, false, into -> Files.writeString(into.resolve("new"), "new"));

    assertThat(target.resolve("new")).hasContent("new");
  }

  @Test
  void doesNotTakeTheNameOfAFile() throws IOException {
    Path target = Files.writeString(folder.resolve("target"), "file");

    assertThatThrownBy(() -> AtomicFolder.write(target, true, into -> {}))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(target + ": is a file, a folder is to be written there");
  }

  @Test
  void aFileIsReplacedInOneStep() throws IOException {
    Path target = Files.writeString(folder.resolve("file"), "old");

    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    target,
                    channel -> {
                      AtomicFile.writeFully(channel, new byte[10]);
                      throw new IOException("pulled out");
                    }))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(target + ": cannot be written: pulled out");
    assertThat(target).hasContent("old");
    AtomicFile.write(target, "new");

    assertThat(target).hasContent("new");
    assertThat(entries(folder)).containsExactly(target);
  }

  private static java.util.List<Path> entries(Path of) throws IOException {
    try (Stream<Path> list = Files.list(of)) {
      return list.toList();
    }
  }
}
