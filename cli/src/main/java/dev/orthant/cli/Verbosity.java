package dev.orthant.cli;

import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The option that every command has. */
final class Verbosity {

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Show details, and the stack trace of an error.")
  private boolean verbose;

  boolean verbose() {
    return verbose;
  }
}
