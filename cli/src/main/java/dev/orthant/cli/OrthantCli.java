package dev.orthant.cli;

import com.google.inject.Module;
import dev.orthant.core.progress.Interruption;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.RunLast;

/** The {@code orthant} command. */
public final class OrthantCli {

  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final int NARROWEST_HELP = 80;
  private static final int WIDEST_HELP = 100;

  private final PrintWriter out;
  private final PrintWriter err;
  private final Console console;
  private final Interruption interruption = new Interruption();
  private final CommandFactory commands;
  private final PluginFolders plugins;

  OrthantCli(PrintWriter out, PrintWriter err, Map<String, String> environment) {
    this.out = out;
    this.err = err;
    this.console = Console.of(out, err, environment);
    this.plugins = new PluginFolders(environment, Path.of(System.getProperty("user.home")));
    this.commands = new CommandFactory(() -> module(environment));
  }

  /** Runs one command and exits with its code: 0 done, 1 failed, 2 misused, 130 interrupted. */
  public static void main(String[] args) {
    OrthantCli cli =
        new OrthantCli(
            new PrintWriter(System.out, true),
            new PrintWriter(System.err, true),
            Map.copyOf(System.getenv()));
    System.exit(cli.runInterruptibly(args));
  }

  /**
   * All commands with their options, for documents about them.
   *
   * @return the model of {@code orthant}
   */
  public static CommandSpec model() {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    return new OrthantCli(nowhere, nowhere, Map.of()).commandLine().getCommandSpec();
  }

  private int runInterruptibly(String... args) {
    InterruptHook hook = InterruptHook.install(interruption, GRACE);
    try {
      return run(args);
    } finally {
      hook.commandEnded();
    }
  }

  /** Asks the running command to stop where it can leave things in order; from any thread. */
  void stop() {
    interruption.request();
  }

  int run(String... args) {
    CommandLine command = commandLine();
    ErrorReporter errors = new ErrorReporter();
    command.setExecutionStrategy(strategy());
    command.setExecutionExceptionHandler(errors).setParameterExceptionHandler(errors);
    try {
      return command.execute(args);
    } catch (Error failure) { // picocli hands over exceptions only
      return errors.report(failure, command);
    } finally {
      out.flush();
      err.flush();
    }
  }

  private CommandLine commandLine() {
    CommandLine command = new CommandLine(new RootCommand(), commands);
    command.setOut(out).setErr(err);
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setUsageHelpWidth(Math.max(NARROWEST_HELP, Math.min(WIDEST_HELP, console.columns())));
    return command;
  }

  private Module module(Map<String, String> environment) {
    Path home = BaseModels.home(environment, Path.of(System.getProperty("user.home")));
    ArtifactFetcher fetcher = MavenFetcher.onPath(interruption);
    return new CliModule(
        console, interruption, new BaseModels(BaseModels.ALL, home, fetcher), plugins);
  }

  private IExecutionStrategy strategy() {
    return parsed -> {
      Integer helped = CommandLine.executeHelpRequest(parsed);
      if (helped != null) {
        return helped;
      }
      RootCommand root = parsed.commandSpec().root().commandLine().getCommand();
      ConsoleLogging.install(console, root.verbose());
      plugins.commandLine(root.plugins());
      return new RunLast().execute(parsed);
    };
  }
}
