package dev.orthant.eval.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process that does one side's work whenever a line comes, and answers with the time it took; so
 * two sides can take turns in one run, each alone in its process, and each one's memory is its own.
 */
final class Worker {

  private Worker() {}

  /**
   * @param args the contestant and the number of threads
   */
  public static void main(String[] args) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err); // libraries may print
    Side side = Contestant.valueOf(args[0]).side(Integer.parseInt(args[1]));
    answers.println("ready");
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (orders.readLine() != null) {
      long start = System.nanoTime();
      double value = side.run();
      long nanos = System.nanoTime() - start;
      answers.println(nanos + " " + value + " " + peakBytes());
    }
    System.exit(0); // whatever threads a library left
  }

  /** The most memory that the process had resident; 0 where the system does not tell. */
  private static long peakBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmHWM:")) {
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return 0;
  }
}
