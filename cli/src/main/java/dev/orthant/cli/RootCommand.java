package dev.orthant.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code orthant}: what is common to all commands. */
@Command(
    name = "orthant",
    description = "Low-rank adapters that merge well: train, constrain, merge and evaluate.",
    versionProvider = VersionProvider.class,
    mixinStandardHelpOptions = true,
    scope = picocli.CommandLine.ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true)
final class RootCommand {

  @Mixin private Verbosity verbosity = new Verbosity();

  boolean verbose() {
    return verbosity.verbose();
  }
}
