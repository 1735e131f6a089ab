package dev.orthant.eval.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Prints how merging compares with the operations of mergekit in libtorch, on the same files:
 * medians of turns taken in one run.
 */
final class MergeBenchmark {

  private static final int WARM_UPS = 1;
  private static final int ROUNDS = 5;

  private MergeBenchmark() {}

  private record Row(
      String work, Contestant ours, Contestant theirs, double time, double memory, int rounds) {

    Row(String work, Contestant ours, Contestant theirs, double time, double memory) {
      this(work, ours, theirs, time, memory, ROUNDS);
    }
  }

  private static final List<Row> ROWS =
      List.of(
          new Row("linear", Contestant.ORTHANT_LINEAR, Contestant.LIBTORCH_LINEAR, 0.5, 0.35),
          new Row(
              "task arithmetic",
              Contestant.ORTHANT_TASK_ARITHMETIC,
              Contestant.LIBTORCH_TASK_ARITHMETIC,
              0.5,
              0.35),
          new Row("slerp", Contestant.ORTHANT_SLERP, Contestant.LIBTORCH_SLERP, 0.5, 0.35),
          new Row("DARE", Contestant.ORTHANT_DARE, Contestant.LIBTORCH_DARE, 0.25, 0.35),
          new Row("TIES", Contestant.ORTHANT_TIES, Contestant.LIBTORCH_TIES, 0.1, 0.3, 2),
          new Row(
              "recompression",
              Contestant.ORTHANT_RECOMPRESSION,
              Contestant.LIBTORCH_RECOMPRESSION,
              0.1,
              1,
              1),
          new Row(
              "task arithmetic against copying",
              Contestant.ORTHANT_TASK_ARITHMETIC,
              Contestant.COPY_FILES,
              0,
              0));

  /**
   * @param args names of our contestants to restrict the table to; none for all
   */
  public static void main(String[] args) throws IOException {
    int threads = Integer.getInteger("threads", Runtime.getRuntime().availableProcessors());
    List<String> chosen = List.of(args);
    MergeModels.write();
    try {
      System.out.printf("%d threads a side, medians of %d turns%n%n", threads, ROUNDS);
      System.out.println("| merge | s (best) | MB | libtorch, s (best) | MB | time | memory |");
      System.out.println("|---|---|---|---|---|---|---|");
      for (Row row : ROWS) {
        if (chosen.isEmpty() || chosen.contains(row.ours().name())) {
          print(row, Pair.run(row.ours(), row.theirs(), threads, WARM_UPS, row.rounds()));
        }
      }
    } finally {
      delete(MergeModels.folder());
    }
    System.exit(0);
  }

  private static void print(Row row, Pair.Outcome outcome) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %d | %s | %d | %.2f (target %.2f) | %.2f (target %.2f) |%n",
        row.work(),
        seconds(outcome.ours()),
        outcome.ours().peakBytes() >> 20,
        seconds(outcome.theirs()),
        outcome.theirs().peakBytes() >> 20,
        outcome.ratio(),
        row.time(),
        outcome.memoryRatio(),
        row.memory());
  }

  private static String seconds(Pair.Times times) {
    return String.format(
        Locale.ROOT, "%.2f (%.2f)", times.median() / 1e3, times.millis().get(0) / 1e3);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> entries = Files.walk(folder)) {
      entries.sorted(Comparator.reverseOrder()).forEach(MergeBenchmark::deleteOne);
    }
  }

  private static void deleteOne(Path entry) {
    try {
      Files.delete(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
