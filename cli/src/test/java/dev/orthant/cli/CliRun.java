package dev.orthant.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One run of the command within the test.
 *
 * @param code the exit code
 * @param out what was printed
 * @param err what was noted
 */
record CliRun(int code, String out, String err) {

  static CliRun of(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = new OrthantCli(new PrintWriter(out), new PrintWriter(err), Map.of()).run(args);
    return new CliRun(code, out.toString(), err.toString());
  }

  /** A run that is asked to stop as soon as it notes this. */
  static CliRun stoppedAt(String note, String... args) {
    StringWriter out = new StringWriter();
    AtomicReference<OrthantCli> cli = new AtomicReference<>();
    StringWriter err =
        new StringWriter() {
          @Override
          public void write(String text, int offset, int length) {
            super.write(text, offset, length);
            if (text.contains(note)) {
              cli.get().stop();
            }
          }
        };
    cli.set(new OrthantCli(new PrintWriter(out), new PrintWriter(err), Map.of()));
    int code = cli.get().run(args);
    return new CliRun(code, out.toString(), err.toString());
  }

  /** What was noted from the error on: the last lines. */
  List<String> error() {
    return err.lines().dropWhile(line -> !line.startsWith("error:")).toList();
  }
}
