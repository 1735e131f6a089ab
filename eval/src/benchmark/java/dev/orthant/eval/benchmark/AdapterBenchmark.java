package dev.orthant.eval.benchmark;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.Precision;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Transformer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Prints what a training step of every adapter costs relative to LoRA's. Both take turns in one
 * process, on the same threads and base weights; the ratio is the median of the turns' ratios.
 */
final class AdapterBenchmark {

  private static final String REFERENCE = "lora";
  private static final int WARM_UPS = 3;
  private static final int ROUNDS = Integer.getInteger("rounds", 15);

  private AdapterBenchmark() {}

  /**
   * @param args names of adapters to restrict the table to; none for all. {@code -Dwork=} names
   *     another {@link Work}, {@code -Drounds=} the number of turns, {@code -Dthreads=} of threads
   */
  public static void main(String[] args) {
    Work work = Work.valueOf(System.getProperty("work", Work.MINILM_STEP.name()));
    int threads = Integer.getInteger("threads", Runtime.getRuntime().availableProcessors());
    Kernels kernels = OrthantStep.kernels(threads, Precision.FP32);
    Transformer encoder = OrthantStep.encoder(work.model);
    List<String> types = args.length > 0 ? List.of(args) : BenchmarkAdapters.types();
    System.out.printf("%s, %d threads, medians of %d turns%n%n", work, threads, ROUNDS);
    System.out.println("| adapter | trained parameters | ms (best) | LoRA's ms (best) | ratio |");
    System.out.println("|---|---|---|---|---|");
    AdapterSet lora = BenchmarkAdapters.of(REFERENCE, encoder);
    try (OrthantStep reference = new OrthantStep(work, kernels, encoder, lora)) {
      for (String type : types) {
        AdapterSet adapters = BenchmarkAdapters.of(type, encoder);
        try (OrthantStep step = new OrthantStep(work, kernels, encoder, adapters)) {
          Turns turns = Turns.of(step, reference);
          System.out.printf(
              Locale.ROOT,
              "| %s | %,d | %s | %s | %.3f |%n",
              type,
              BenchmarkAdapters.trained(adapters),
              millis(turns.ours()),
              millis(turns.theirs()),
              median(turns.ratios()));
        }
      }
    }
    System.exit(0); // the kernels' threads
  }

  /** The times of two sides that took turns, in milliseconds, and their ratios turn by turn. */
  private record Turns(List<Double> ours, List<Double> theirs, List<Double> ratios) {

    static Turns of(Side one, Side other) {
      Turns turns = new Turns(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      for (int i = 0; i < WARM_UPS + ROUNDS; i++) {
        boolean first = i % 2 == 0; // who begins changes, so that neither has the warmer cache
        double before = first ? time(one) : time(other);
        double after = first ? time(other) : time(one);
        if (i >= WARM_UPS) {
          turns.ours.add(first ? before : after);
          turns.theirs.add(first ? after : before);
          turns.ratios.add(first ? before / after : after / before);
        }
      }
      return turns;
    }

    private static double time(Side side) {
      long start = System.nanoTime();
      side.run();
      return (System.nanoTime() - start) / 1e6;
    }
  }

  private static String millis(List<Double> times) {
    return String.format(Locale.ROOT, "%.0f (%.0f)", median(times), Collections.min(times));
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int n = sorted.size();
    return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }
}
