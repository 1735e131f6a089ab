package dev.orthant.cli;

import java.io.PrintWriter;
import picocli.CommandLine;

/** The {@code orthant} command. */
public final class OrthantCli {

  private final PrintWriter out;
  private final PrintWriter err;

  OrthantCli(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  /** Runs one command and exits with its code: 0 done, 1 failed, 2 misused, 130 interrupted. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true);
    PrintWriter err = new PrintWriter(System.err, true);
    System.exit(new OrthantCli(out, err).run(args));
  }

  int run(String... args) {
    ErrorReporter errors = new ErrorReporter();
    CommandLine command = new CommandLine(new RootCommand());
    command.setOut(out).setErr(err);
    command.setExecutionExceptionHandler(errors).setParameterExceptionHandler(errors);
    command.setCaseInsensitiveEnumValuesAllowed(true);
    try {
      return command.execute(args);
    } catch (Error failure) {
      return errors.report(failure, command);
    } finally {
      out.flush();
      err.flush();
    }
  }
}
