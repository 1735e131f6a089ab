package dev.orthant.cli;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.checkpoint.AtomicFolder;
import dev.orthant.core.checkpoint.PeftAdapter;
import dev.orthant.core.checkpoint.PeftAdapterBuilder;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.testing.RandomStatistics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task's share is taken out of a linear merge as if it had never been in it. */
final class RemovalTest {

  /** Factors are stored in single precision. */
  private static final double ROUNDING = 1e-6;

  private static final String MODULE = "encoder.layer.0.attention.self.query";
  private static final int OUT = 16;
  private static final int IN = 24;

  @TempDir private static Path folder = Path.of("");

  @BeforeAll
  static void writeAdapters() {
    write("a", 4, 1, 2);
    write("b", 3, 2, 0.5);
    write("c", 5, 3, 1);
  }

  @Test
  void taskArithmeticForgetsATaskByItsWeightTimesLambda() {
    Path all = merge("all", List.of("--set", "lambda=0.4", "--weights", "1,0.7,2"), "a", "b", "c");
    Path rest = merge("rest", List.of("--set", "lambda=0.4", "--weights", "1,2"), "a", "c");

    Path removed = merge("without-b", List.of("--weights", "1,-0.28"), "all", "b");

    assertThat(all).isDirectory();
    assertSame(removed, rest);
  }

  @Test
  void anAverageForgetsATaskAndIsTheAverageOfTheRest() {
    merge("mean", List.of("--type", "average"), "a", "b", "c");
    Path rest = merge("mean-of-rest", List.of("--type", "average"), "a", "b");

    Path removed = merge("mean-without-c", List.of("--weights", "1.5,-0.5"), "mean", "c");

    assertSame(removed, rest);
  }

  @Test
  void compressionBringsTheRankBackToThatOfTheRest() {
    merge("sum", List.of(), "a", "b", "c");

    Path removed =
        merge(
            "compressed",
            List.of("--weights", "1,-1", "--after", "{type: compress, rank: 24, energy: 1}"),
            "sum",
            "b");

    assertSame(removed, merge("sum-of-rest", List.of(), "a", "c"));
    assertThat(delta(removed).rank()).isLessThan(delta(folder.resolve("sum")).rank());
  }

  private static Path merge(String name, List<String> options, String... inputs) {
    Path output = folder.resolve(name);
    List<String> args = new ArrayList<>(List.of("merge", "--output", output.toString()));
    if (!options.contains("--type")) {
      args.addAll(List.of("--type", "task-arithmetic"));
      if (!options.contains("--set")) {
        args.addAll(List.of("--set", "lambda=1"));
      }
    }
    args.addAll(options);
    Arrays.stream(inputs).map(input -> folder.resolve(input).toString()).forEach(args::add);
    CliRun run = CliRun.of(args.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    return output;
  }

  private static void assertSame(Path actual, Path expected) {
    assertThatTensor(delta(actual).dense()).isCloseTo(delta(expected).dense(), ROUNDING, 0);
  }

  private static LoraDelta delta(Path adapter) {
    return PeftAdapterFolder.read(adapter).deltas().get(MODULE);
  }

  private static void write(String name, int rank, long seed, double scaling) {
    LoraDelta delta =
        new LoraDelta(
            RandomStatistics.orthonormalRows(rank, OUT, seed).transpose().dup('c'),
            RandomStatistics.orthonormalRows(rank, IN, seed + 10),
            scaling);
    PeftAdapter adapter =
        new PeftAdapterBuilder().taskType("FEATURE_EXTRACTION").fromDeltas(Map.of(MODULE, delta));
    AtomicFolder.write(folder.resolve(name), false, at -> PeftAdapterFolder.writeInto(at, adapter));
  }
}
