package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.AbstractModule;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class OrthantCliTest {

  private static final int WIDEST_HELP = 100;

  @Test
  void helpListsTheCommandsAndSucceeds() {
    CliRun run = CliRun.of("--help");

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("Usage: orthant", "plugins", "inspect");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void everyCommandHasANarrowHelpWithADescription() {
    for (String command : commandNames()) {
      CliRun run = CliRun.of(command, "--help");

      assertThat(run.code()).as(command).isZero();
      assertThat(run.out().lines()).as(command).allMatch(line -> line.length() <= WIDEST_HELP);
      assertThat(run.out().lines().count()).as(command).isGreaterThan(3);
    }
  }

  @Test
  void versionIsOneLine() {
    CliRun run = CliRun.of("--version");

    assertThat(run.code()).isZero();
    assertThat(run.out().lines()).singleElement().asString().startsWith("orthant ");
  }

  @Test
  void aMissingCommandShowsTheUsageAndIsMisuse() {
    CliRun run = CliRun.of();

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("Usage: orthant");
  }

  @Test
  void aMistypedCommandIsMisuseAndTheNearestIsNamed() {
    CliRun run = CliRun.of("plugin");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("error: Unmatched argument").contains("orthant plugins");
  }

  @Test
  void aMistypedOptionIsMisuseAndPointsToTheHelp() {
    CliRun run = CliRun.of("plugins", "--jsonn");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("Unknown option: '--jsonn'").contains("orthant plugins --help");
  }

  @Test
  void aFailureIsOneLine() {
    CliRun run = CliRun.of("inspect", "/nowhere/at/all");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines()).containsExactly("error: no such file or folder: /nowhere/at/all");
  }

  @Test
  void verboseAddsTheStackTrace() {
    CliRun run = CliRun.of("inspect", "--verbose", "/nowhere/at/all");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("NoSuchFileException").contains("at dev.orthant.cli.");
  }

  @Test
  void helpDoesNotStartTheInjector() {
    CommandFactory factory = new CommandFactory(() -> new AbstractModule() {});
    StringWriter out = new StringWriter();

    new CommandLine(new RootCommand(), factory).setOut(new PrintWriter(out)).execute("--help");

    assertThat(out.toString()).contains("Usage");
    assertThat(factory.started()).isFalse();
  }

  private static List<String> commandNames() {
    return List.copyOf(
        new CommandLine(new RootCommand(), new CommandFactory(() -> new AbstractModule() {}))
            .getSubcommands()
            .keySet());
  }
}
