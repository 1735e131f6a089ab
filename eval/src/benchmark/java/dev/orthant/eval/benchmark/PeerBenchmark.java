package dev.orthant.eval.benchmark;

import java.util.List;
import java.util.Locale;

/** Prints how Orthant compares with libtorch: medians of turns taken in one run. */
final class PeerBenchmark {

  private static final int WARM_UPS = 4;
  private static final int ROUNDS = 11;

  private PeerBenchmark() {}

  private record Row(
      String work, Contestant ours, String peer, Contestant theirs, double target, boolean memory) {

    Row(String work, Contestant ours, String peer, Contestant theirs, double target) {
      this(work, ours, peer, theirs, target, false);
    }
  }

  private static final List<Row> ROWS =
      List.of(
          new Row(
              "LoRA step, MiniLM, 32 x 128",
              Contestant.ORTHANT_MINILM,
              "libtorch fp32",
              Contestant.LIBTORCH_MINILM,
              0.8,
              true),
          new Row(
              "LoRA step, BERT-base, 16 x 128",
              Contestant.ORTHANT_BERT_BASE,
              "libtorch fp32",
              Contestant.LIBTORCH_BERT_BASE,
              0.8,
              true),
          new Row(
              "LoRA step, MiniLM, 32 x 128, bf16 products",
              Contestant.ORTHANT_MINILM_BF16,
              "libtorch fp32",
              Contestant.LIBTORCH_MINILM,
              0.45),
          new Row(
              "the same",
              Contestant.ORTHANT_MINILM_BF16,
              "libtorch bf16",
              Contestant.LIBTORCH_MINILM_BF16,
              1),
          new Row(
              "LoRA step, BERT-base, 16 x 128, bf16 products",
              Contestant.ORTHANT_BERT_BASE_BF16,
              "libtorch bf16",
              Contestant.LIBTORCH_BERT_BASE_BF16,
              1),
          new Row(
              "MoSLoRA step, MiniLM, 32 x 128",
              Contestant.ORTHANT_MINILM_MOSLORA,
              "our LoRA step",
              Contestant.ORTHANT_MINILM,
              1.05),
          new Row(
              "LoRA step, MiniLM, 32 x 24 of at most 64",
              Contestant.ORTHANT_REALISTIC,
              "libtorch fp32, padded",
              Contestant.LIBTORCH_REALISTIC,
              0.5),
          new Row(
              "evaluation, MiniLM, 32 x 128",
              Contestant.ORTHANT_EVALUATION,
              "libtorch fp32",
              Contestant.LIBTORCH_EVALUATION,
              0.8),
          new Row(
              "evaluation, BERT-base, 16 x 128",
              Contestant.ORTHANT_BERT_BASE_EVALUATION,
              "libtorch fp32",
              Contestant.LIBTORCH_BERT_BASE_EVALUATION,
              0.8),
          new Row(
              "evaluation, MiniLM, 32 x 24 of at most 64",
              Contestant.ORTHANT_REALISTIC_EVALUATION,
              "libtorch fp32, padded",
              Contestant.LIBTORCH_REALISTIC_EVALUATION,
              0.5),
          new Row(
              "8 smallest eigenvectors, n = 1024",
              Contestant.ORTHANT_EIGEN_1024,
              "torch.linalg.eigh",
              Contestant.LIBTORCH_EIGEN_1024,
              0.6),
          new Row(
              "8 smallest eigenvectors, n = 2048",
              Contestant.ORTHANT_EIGEN_2048,
              "torch.linalg.eigh",
              Contestant.LIBTORCH_EIGEN_2048,
              0.35));

  /**
   * @param args names of contestants to restrict the table to; none for all
   */
  public static void main(String[] args) {
    int threads = Integer.getInteger("threads", Runtime.getRuntime().availableProcessors());
    List<String> chosen = List.of(args);
    System.out.printf("%d threads a side, medians of %d turns%n%n", threads, ROUNDS);
    System.out.println("| work | ms (best) | against | ms (best) | ratio | target |");
    System.out.println("|---|---|---|---|---|---|");
    for (Row row : ROWS) {
      if (chosen.isEmpty() || chosen.contains(row.ours().name())) {
        Pair.Outcome outcome = Pair.run(row.ours(), row.theirs(), threads, WARM_UPS, ROUNDS);
        print(row, outcome);
      }
    }
    System.exit(0);
  }

  private static void print(Row row, Pair.Outcome outcome) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %s | %s | %.2f | %.2f |%n",
        row.work(),
        millis(outcome.ours()),
        row.peer(),
        millis(outcome.theirs()),
        outcome.ratio(),
        row.target());
    if (row.memory()) {
      System.out.printf(
          Locale.ROOT,
          "| its peak resident memory, MB | %d | %s | %d | %.2f | 0.70 |%n",
          outcome.ours().peakBytes() >> 20,
          row.peer(),
          outcome.theirs().peakBytes() >> 20,
          outcome.memoryRatio());
    }
  }

  private static String millis(Pair.Times times) {
    return String.format(Locale.ROOT, "%.0f (%.0f)", times.median(), times.millis().get(0));
  }
}
