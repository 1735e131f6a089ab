package dev.orthant.eval.benchmark;

import dev.orthant.core.application.Adaptation;
import dev.orthant.core.application.BaseModel;
import dev.orthant.core.application.FineTuning;
import dev.orthant.core.application.LabelledText;
import dev.orthant.core.application.Request;
import dev.orthant.core.application.TextClassifier;
import dev.orthant.core.application.TextEncoder;
import dev.orthant.core.checkpoint.ModelImport;
import dev.orthant.core.export.ExportFormat;
import dev.orthant.core.export.ModelExport;
import dev.orthant.core.wiring.Orthant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * From texts to vectors with all-MiniLM-L6-v2 and an adapter merged into it: Orthant's {@link
 * TextEncoder} beside ONNX Runtime on the exported file, both with the same tokenizer and as many
 * threads. They take turns in one process, with a pause in which the threads of the side that had
 * its turn stop looking for work; ratios are medians of the turns' ratios.
 *
 * <p>{@code -Dthreads=} and {@code -Drounds=} are the numbers of threads and of turns.
 */
final class InferenceBenchmark {

  private static final String NAME = "all-minilm-l6-v2";
  private static final int THREADS = Integer.getInteger("threads", 2);
  private static final int ROUNDS = Integer.getInteger("rounds", 15);
  private static final int WARM_UPS = 4;
  private static final int PAUSE_MILLIS = 30;
  private static final int CALLERS = 4;
  private static final double TOLERANCE = 1e-4;
  private static final String[] WORDS =
      ("the of and to in is was for on that with by it as be at from his not which an or this but"
              + " they have had her one all were there been their has would when who will more no if"
              + " out so what up its about into than them can only other new some time could these"
              + " two may then do first any my now such like our over man me even most made after"
              + " also did many before must through years where much your way well down should")
          .split(" ");

  private InferenceBenchmark() {}

  /** Prints the table of docs/performance.md. */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("inference-benchmark");
    ModelImport.onnxResource(
        InferenceBenchmark.class.getClassLoader(),
        NAME + ".onnx",
        NAME + "-tokenizer.json",
        folder.resolve(NAME),
        false);
    try (Orthant orthant = Orthant.builder().threads(THREADS).build();
        BaseModel base = orthant.open(folder.resolve(NAME))) {
      List<TextClassifier> classifiers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        classifiers.add(classifier(base, folder.resolve("adapter-" + i), i));
      }
      Adaptation adaptation = base.adaptation(folder.resolve("adapter-0"));
      base.export(ExportFormat.ONNX, adaptation, folder.resolve("onnx"), false);
      try (BaseModel merged = base.merged(adaptation);
          OnnxEncoder onnx =
              new OnnxEncoder(
                  folder.resolve("onnx").resolve(ModelExport.ONNX_FILE),
                  folder.resolve("onnx/tokenizer.json"),
                  THREADS)) {
        new Table(merged.encoder(), base.encoder().with(adaptation), onnx).print();
        mixed(base, classifiers);
      }
    }
    System.exit(0); // the threads of ONNX Runtime
  }

  private static TextClassifier classifier(BaseModel base, Path folder, int seed) {
    return base.classifier(
        base.fineTune(
            FineTuning.of("lora", "{rank: 8}").training("{max_steps: 3}").seed(seed),
            LabelledText.task(
                "task",
                List.of(LabelledText.of("good", "kind"), LabelledText.of("bad", "rude")),
                List.of()),
            folder));
  }

  /** The rows against ONNX Runtime. */
  private record Table(TextEncoder merged, TextEncoder adapted, OnnxEncoder onnx) {

    void print() throws Exception {
      System.out.printf("%d threads, medians of %d turns%n%n", THREADS, ROUNDS);
      System.out.println("| work | Orthant, ms (best) | ONNX Runtime, ms (best) | ratio |");
      System.out.println("|---|---|---|---|");
      for (int tokens : new int[] {12, 48, 128}) {
        row("one text of %d tokens".formatted(tokens), texts(1, tokens, tokens), 16);
      }
      row("32 texts of 64 tokens", texts(32, 64, 64), 1);
      row("32 texts of 24 tokens in the mean, at most 64", texts(32, 4, 64), 1);
      concurrent(texts(1, 24, 24));
      System.out.println();
      System.out.println("| work | adapter beside the weights | merged | ratio |");
      System.out.println("|---|---|---|---|");
      for (List<String> texts : List.of(texts(1, 24, 24), texts(32, 4, 64))) {
        int times = texts.size() == 1 ? 16 : 1;
        Turns.of(
                repeated(times, () -> adapted.embed(texts)),
                repeated(times, () -> merged.embed(texts)),
                times)
            .print(texts.size() == 1 ? "one text of 24 tokens" : "32 texts of 24 in the mean");
      }
    }

    private void row(String name, List<String> texts, int times) throws Exception {
      requireSame(merged.embed(texts), onnx.embed(texts));
      Turns.of(
              repeated(times, () -> merged.embed(texts)),
              repeated(times, () -> onnx.embed(texts)),
              times)
          .print(name);
    }

    private void concurrent(List<String> texts) throws Exception {
      ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
      int calls = 8;
      Turns.of(
              at(callers, calls, () -> merged.embed(texts)),
              at(callers, calls, () -> onnx.embed(texts)),
              calls * CALLERS)
          .print("one text of 24 tokens, %d callers at once, per text".formatted(CALLERS));
      callers.shutdown();
    }
  }

  /** Requests to several adapters in one batch, and adapter by adapter. */
  private static void mixed(BaseModel base, List<TextClassifier> classifiers) throws Exception {
    List<String> texts = texts(32, 4, 64);
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      requests.add(Request.of(classifiers.get(i % classifiers.size()), texts.get(i)));
    }
    System.out.println();
    System.out.println("| work | one batch | one by one | ratio |");
    System.out.println("|---|---|---|---|");
    Turns.of(
            () -> base.predict(requests),
            () -> {
              for (Request request : requests) {
                request.classifier().predict(request.input().first());
              }
            },
            1)
        .print("32 requests to 8 adapters");
  }

  /** Something that is timed. */
  private interface Work {
    void run() throws Exception;
  }

  private static Work repeated(int times, Work work) {
    return () -> {
      for (int i = 0; i < times; i++) {
        work.run();
      }
    };
  }

  private static Work at(ExecutorService callers, int times, Work work) {
    return () -> {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        running.add(
            callers.submit(
                () -> {
                  repeated(times, work).run();
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    };
  }

  /** The times of two sides that took turns, in milliseconds, and their ratios turn by turn. */
  private record Turns(double[] ours, double[] theirs, double[] ratios) {

    static Turns of(Work one, Work other, int units) throws Exception {
      Turns turns = new Turns(new double[ROUNDS], new double[ROUNDS], new double[ROUNDS]);
      for (int i = -WARM_UPS; i < ROUNDS; i++) {
        boolean first = i % 2 == 0; // who begins changes
        double before = time(first ? one : other) / units;
        double after = time(first ? other : one) / units;
        if (i >= 0) {
          turns.ours[i] = first ? before : after;
          turns.theirs[i] = first ? after : before;
          turns.ratios[i] = turns.ours[i] / turns.theirs[i];
        }
      }
      return turns;
    }

    private static double time(Work work) throws Exception {
      Thread.sleep(PAUSE_MILLIS);
      long start = System.nanoTime();
      work.run();
      return (System.nanoTime() - start) / 1e6;
    }

    void print(String name) {
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %s | %.2f |%n",
          name,
          millis(ours),
          millis(theirs),
          median(ratios));
    }

    private static String millis(double[] times) {
      double best = Arrays.stream(times).min().orElseThrow();
      return String.format(Locale.ROOT, "%.2f (%.2f)", median(times), best);
    }

    private static double median(double[] values) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      return sorted[sorted.length / 2];
    }
  }

  /**
   * Texts of common words, one token each, with two special tokens added by the tokenizer.
   *
   * @param least tokens of a text
   * @param most tokens of a text; lengths are distributed like the squares of uniform numbers
   */
  private static List<String> texts(int count, int least, int most) {
    SplittableRandom random = new SplittableRandom(count * 1000L + least);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double u = random.nextDouble();
      int tokens = (int) Math.round(least + (most - least) * u * u);
      StringBuilder text = new StringBuilder();
      for (int t = 2; t < tokens; t++) {
        text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
      }
      texts.add(text.toString().strip());
    }
    return texts;
  }

  private static void requireSame(float[][] ours, float[][] theirs) {
    for (int i = 0; i < ours.length; i++) {
      for (int j = 0; j < ours[i].length; j++) {
        if (!(Math.abs(ours[i][j] - theirs[i][j]) < TOLERANCE)) {
          throw new IllegalStateException(
              "text %d, element %d: %s and %s".formatted(i, j, ours[i][j], theirs[i][j]));
        }
      }
    }
  }
}
