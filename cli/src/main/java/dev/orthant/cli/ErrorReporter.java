package dev.orthant.cli;

import dev.orthant.core.progress.InterruptedWorkException;
import dev.orthant.core.train.TrainingInterruptedException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns failures into a line on the error output and an exit code. */
final class ErrorReporter implements IExecutionExceptionHandler, IParameterExceptionHandler {

  /** What shells report for a program ended by Ctrl-C: 128 + SIGINT. */
  static final int INTERRUPTED = 130;

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    return report(failure, command);
  }

  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    command.getErr().println("error: " + failure.getMessage());
    UnmatchedArgumentException.printSuggestions(failure, command.getErr());
    return misuse(command);
  }

  private static int misuse(CommandLine command) {
    command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return CommandLine.ExitCode.USAGE;
  }

  /** Also for errors, which picocli lets through. */
  int report(Throwable failure, CommandLine command) {
    Throwable cause = ErrorText.unwrap(failure);
    if (cause instanceof TrainingInterruptedException) {
      command.getErr().println(cause.getMessage());
      return INTERRUPTED;
    }
    if (cause instanceof InterruptedWorkException || cause instanceof InterruptedException) {
      command.getErr().println("interrupted");
      return INTERRUPTED;
    }
    command.getErr().println("error: " + ErrorText.of(failure));
    RootCommand root = command.getCommandSpec().root().commandLine().getCommand();
    if (root.verbose()) {
      failure.printStackTrace(command.getErr());
    }
    if (cause instanceof MisuseException) {
      return misuse(command);
    }
    command.getErr().flush();
    return CommandLine.ExitCode.SOFTWARE;
  }
}
