package dev.orthant.cli;

import java.io.PrintWriter;
import java.util.Map;

/**
 * Where results are printed, and the error output, where notes and progress go. On a terminal the
 * last line of the latter may be a status that is replaced in place; notes are written above it.
 */
final class Console {

  private static final String COLUMNS = "ORTHANT_COLUMNS";
  private static final int NARROWEST = 40;
  private static final int DEFAULT_COLUMNS = 80;
  private static final String ERASE_LINE = "\r\u001b[2K";

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean terminal;
  private final int columns;
  private String status = "";

  /**
   * @param out the output
   * @param err the error output
   * @param columns the width of the terminal; 0 when it is none
   */
  Console(PrintWriter out, PrintWriter err, int columns) {
    this.out = out;
    this.err = err;
    this.terminal = columns > 0;
    this.columns = terminal ? Math.max(columns, NARROWEST) : DEFAULT_COLUMNS;
  }

  /** Asks the environment, where the start script notes a terminal's width. */
  static Console of(PrintWriter out, PrintWriter err, Map<String, String> environment) {
    String columns = environment.getOrDefault(COLUMNS, "");
    return new Console(out, err, columns.matches("[1-9]\\d{0,3}") ? Integer.parseInt(columns) : 0);
  }

  /** The output, for results only. */
  PrintWriter out() {
    return out;
  }

  boolean terminal() {
    return terminal;
  }

  int columns() {
    return columns;
  }

  /** Writes a note. */
  synchronized void line(String text) {
    if (status.isEmpty()) {
      err.println(text);
    } else {
      err.print(ERASE_LINE);
      err.println(text);
      err.print(status);
    }
    err.flush();
  }

  /** Replaces the status; only on a terminal. */
  synchronized void status(String text) {
    String shown = text.substring(0, Math.min(text.length(), columns - 1));
    if (!status.isEmpty()) {
      err.print(ERASE_LINE);
    }
    err.print(shown);
    err.flush();
    status = shown;
  }

  /** Removes the status. */
  void clearStatus() {
    status("");
  }
}
