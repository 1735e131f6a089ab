package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompletionCommandTest {

  private static final Path BASH = Path.of("/bin/bash");

  @TempDir Path folder;

  @Test
  void itsScriptNamesEveryCommandAndOption() {
    CliRun run = CliRun.of("completion");

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("complete", "'--shard-size'", "quickstart", "describe");
  }

  @Test
  void bashCompletesByIt() throws Exception {
    assumeThat(BASH).isExecutable();
    Files.writeString(folder.resolve("orthant.bash"), CliRun.of("completion").out());

    assertThat(complete("orthant", "qui")).isEqualTo("quickstart");
    assertThat(complete("orthant", "merge", "--shar")).isEqualTo("--shard-size");
    assertThat(complete("orthant", "plugins", "desc")).isEqualTo("describe");
  }

  /** What the last word is completed to. */
  private String complete(String... words) throws Exception {
    String script =
        """
        source orthant.bash
        compopt() { :; } # there is no line that is edited
        COMP_WORDS=(%s)
        COMP_CWORD=%d
        _complete_orthant
        echo "${COMPREPLY[*]}"
        """
            .formatted(String.join(" ", words), words.length - 1);
    Process process =
        new ProcessBuilder(BASH.toString(), "-c", script)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return out.strip();
  }
}
