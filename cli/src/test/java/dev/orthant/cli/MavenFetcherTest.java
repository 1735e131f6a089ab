package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.orthant.core.progress.InterruptedWorkException;
import dev.orthant.core.progress.Interruption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
@Timeout(60)
final class MavenFetcherTest {

  private static final String COORDINATES = "some.group:thing:1.0";

  private final Interruption interruption = new Interruption();
  private final Path folder;

  MavenFetcherTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void theJarThatMavenLeavesIsReturned() throws IOException {
    MavenFetcher fetcher = pretending("echo \"$@\" >arguments; touch thing-1.0.jar");

    assertThat(fetcher.fetch(COORDINATES, folder)).isEqualTo(folder.resolve("thing-1.0.jar"));
    assertThat(folder.resolve("arguments"))
        .content()
        .contains("-Dartifact=" + COORDINATES, "-DoutputDirectory=" + folder);
  }

  @Test
  void mavensReasonIsPassedOn() {
    MavenFetcher fetcher =
        pretending("echo '[ERROR] Cannot access central in offline mode -> [Help 1]'; exit 1");

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> fetcher.fetch(COORDINATES, folder))
        .withMessage(
            "Maven could not fetch " + COORDINATES + ": Cannot access central in offline mode");
  }

  @Test
  void aMissingMavenIsNamed() {
    MavenFetcher fetcher = new MavenFetcher(List.of("/nowhere/mvn"), interruption);

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> fetcher.fetch(COORDINATES, folder))
        .withMessageContaining("install Maven");
  }

  @Test
  void anInterruptionEndsMaven() {
    MavenFetcher fetcher = pretending("exec sleep 600");
    interruption.request();

    assertThatExceptionOfType(InterruptedWorkException.class)
        .isThrownBy(() -> fetcher.fetch(COORDINATES, folder));
  }

  private MavenFetcher pretending(String script) {
    return new MavenFetcher(List.of("/bin/sh", "-c", script, "mvn"), interruption);
  }
}
