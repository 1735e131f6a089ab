package dev.orthant.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

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
}
