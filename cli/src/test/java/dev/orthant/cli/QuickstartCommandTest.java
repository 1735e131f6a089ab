package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.RunConfig;
import dev.orthant.core.testing.TinyModelFolder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QuickstartCommandTest {

  @TempDir private Path folder = Path.of("");

  @Test
  void theConfigurationThatIsLeftHasTheBaseAndTheSeedThatWereAskedFor() {
    Path base = TinyModelFolder.write(folder.resolve("it's a base"), 1);
    Path output = folder.resolve("out");

    CliRun.stoppedAt(
        "statistics", "quickstart", "--base", base + "", "--seed", "7", "--output", output + "");

    RunConfig run = RunConfig.read(output.resolve("quickstart.yaml"), new ConfigDecoder());
    assertThat(Path.of(run.base().model())).isEqualTo(base);
    assertThat(run.seed()).isEqualTo(7);
  }
}
