package dev.orthant.eval.benchmark;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Two contestants that take turns. */
final class Pair {

  private static final long PAUSE_MILLIS = 300; // OpenMP's threads look for work for 200 ms
  private static final double FP32_AGREEMENT = 1e-4;
  private static final double BF16_AGREEMENT = 2e-2; // 8 bits of mantissa

  private Pair() {}

  /** The times of one contestant, ascending, and its peak memory. */
  record Times(Contestant contestant, List<Double> millis, long peakBytes) {

    double median() {
      int n = millis.size();
      return (millis.get((n - 1) / 2) + millis.get(n / 2)) / 2;
    }
  }

  /** What two contestants took. */
  record Outcome(Times ours, Times theirs) {

    double ratio() {
      return ours.median() / theirs.median();
    }

    double memoryRatio() {
      return (double) ours.peakBytes() / theirs.peakBytes();
    }
  }

  /**
   * Runs both in turn.
   *
   * @param warmUps rounds that do not count
   * @param rounds rounds that count
   * @throws IllegalStateException if the same work gives different numbers, or a process fails
   */
  static Outcome run(Contestant ours, Contestant theirs, int threads, int warmUps, int rounds) {
    try (Player a = new Player(ours, threads);
        Player b = new Player(theirs, threads)) {
      for (int i = 0; i < warmUps + rounds; i++) {
        double one = a.turn(i >= warmUps);
        double other = b.turn(i >= warmUps);
        if (i == 0) { // later on, optimisers that differ in details lead apart
          requireSame(ours, one, theirs, other);
        }
      }
      return new Outcome(a.times(), b.times());
    } catch (IOException e) {
      throw new IllegalStateException("a process failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static void requireSame(Contestant ours, double one, Contestant theirs, double other) {
    boolean narrow = (ours.name() + theirs.name()).contains("BF16");
    double tolerance = (narrow ? BF16_AGREEMENT : FP32_AGREEMENT) * Math.abs(other);
    if (ours.work().equals(theirs.work()) && !(Math.abs(one - other) <= tolerance)) {
      throw new IllegalStateException(
          "%s gave %s and %s gave %s: they do not do the same work"
              .formatted(ours, one, theirs, other));
    }
  }

  private static final class Player implements AutoCloseable {

    private final Contestant contestant;
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter orders;
    private final List<Double> millis = new ArrayList<>();
    private long peakBytes;

    Player(Contestant contestant, int threads) throws IOException {
      this.contestant = contestant;
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
        if (!argument.startsWith("-agentlib") && !argument.startsWith("-javaagent")) {
          command.add(argument);
        }
      }
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.addAll(List.of(Worker.class.getName(), contestant.name(), Integer.toString(threads)));
      this.process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      this.answers =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      this.orders =
          new BufferedWriter(
              new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
      answer();
    }

    double turn(boolean counts) throws IOException, InterruptedException {
      Thread.sleep(PAUSE_MILLIS);
      orders.write("run\n");
      orders.flush();
      String[] answer = answer().split(" ");
      if (counts) {
        millis.add(Long.parseLong(answer[0]) / 1e6);
      }
      peakBytes = Long.parseLong(answer[2]);
      return Double.parseDouble(answer[1]);
    }

    Times times() {
      return new Times(contestant, millis.stream().sorted().toList(), peakBytes);
    }

    private String answer() throws IOException {
      String line = answers.readLine();
      if (line == null) {
        throw new IOException(contestant + " ended");
      }
      return line;
    }

    @Override
    public void close() throws IOException {
      orders.close();
      process.onExit().join();
    }
  }
}
