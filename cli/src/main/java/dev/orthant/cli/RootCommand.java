package dev.orthant.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code orthant}: what is common to all commands. */
@Command(
    name = "orthant",
    description = "Low-rank adapters that merge well: train, constrain, merge and evaluate.",
    versionProvider = VersionProvider.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "'orthant COMMAND --help' tells about one command."},
    subcommands = {
      QuickstartCommand.class,
      ImportCommand.class,
      GenerateCommand.class,
      StatisticsCommand.class,
      TrainCommand.class,
      FisherCommand.class,
      MergeCommand.class,
      SearchCommand.class,
      ExtractCommand.class,
      ExportCommand.class,
      EvaluateCommand.class,
      BenchCommand.class,
      ReportCommand.class,
      InspectCommand.class,
      PluginsCommand.class,
      SchemaCommand.class,
      CompletionCommand.class
    })
final class RootCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help and exit.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and exit.")
  private boolean version;

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Show details, and the stack trace of an error.")
  private boolean verbose;

  @Option(
      names = "--plugins",
      paramLabel = "FOLDER",
      scope = ScopeType.INHERIT,
      description = "Also use the plug-ins in this folder, FOLDER/NAME/*.jar. May be repeated.")
  private List<Path> plugins = new ArrayList<>();

  List<Path> plugins() {
    return plugins;
  }

  boolean verbose() {
    return verbose;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}
