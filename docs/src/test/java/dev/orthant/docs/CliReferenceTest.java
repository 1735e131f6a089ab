package dev.orthant.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.cli.OrthantCli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/cli.md} is what the command says of itself. With {@code
 * -Dorthant.snippets.write=true} it is brought up to date instead of checked.
 */
final class CliReferenceTest {

  private static final Path PAGE = Path.of("cli.md");

  @Test
  void thePageOfCommandsIsCurrent() throws IOException {
    String current = CliReference.of(OrthantCli.model());
    if (Boolean.getBoolean("orthant.snippets.write")) {
      Files.writeString(PAGE, current);
    }

    assertThat(Files.readString(PAGE))
        .as("docs/cli.md; run with -Dorthant.snippets.write=true")
        .isEqualTo(current);
  }
}
