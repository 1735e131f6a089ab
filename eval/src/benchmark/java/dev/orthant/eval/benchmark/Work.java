package dev.orthant.eval.benchmark;

import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** What is timed: one step over one batch. */
public enum Work {
  MINILM_STEP(Model.MINILM, Adapter.LORA, true, 32, 128, false),
  BERT_BASE_STEP(Model.BERT_BASE, Adapter.LORA, true, 16, 128, false),
  MINILM_MOSLORA_STEP(Model.MINILM, Adapter.MOSLORA, true, 32, 128, false),
  MINILM_EVALUATION(Model.MINILM, Adapter.LORA, false, 32, 128, false),
  BERT_BASE_EVALUATION(Model.BERT_BASE, Adapter.LORA, false, 16, 128, false),
  MINILM_REALISTIC_STEP(Model.MINILM, Adapter.LORA, true, 32, 64, true),
  MINILM_REALISTIC_EVALUATION(Model.MINILM, Adapter.LORA, false, 32, 64, true);

  /** Which adapter is on query and value. */
  enum Adapter {
    LORA,
    MOSLORA;

    /** Its name in the catalog. */
    String type() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int BATCHES = 8;
  private static final int SHORTEST = 5;
  private static final double MEAN = 24;

  final Model model;
  final Adapter adapter;
  final boolean trains;
  private final int sequences;
  private final int longest;
  private final boolean realistic;

  Work(
      Model model, Adapter adapter, boolean trains, int sequences, int longest, boolean realistic) {
    this.model = model;
    this.adapter = adapter;
    this.trains = trains;
    this.sequences = sequences;
    this.longest = longest;
    this.realistic = realistic;
  }

  /**
   * The batches, used in turn: all sequences of full length, or lengths that are 24 tokens in the
   * mean, exponentially distributed above 5 and at most 64.
   */
  List<Batch> batches() {
    SplittableRandom random = new SplittableRandom(7);
    List<Batch> batches = new ArrayList<>();
    for (int b = 0; b < (realistic ? BATCHES : 1); b++) {
      List<Encoded> rows = new ArrayList<>();
      for (int s = 0; s < sequences; s++) {
        int length = realistic ? length(random) : longest;
        int[] ids = new int[length];
        for (int i = 0; i < length; i++) {
          ids[i] = 1000 + random.nextInt(Model.VOCABULARY - 1000);
        }
        rows.add(new Encoded(ids, new int[length]));
      }
      batches.add(Batch.of(rows));
    }
    return batches;
  }

  /** Whether the sequences of a batch differ in length. */
  boolean isPadded() {
    return realistic;
  }

  /** A class for each sequence of a batch. */
  float[] labels(Batch batch) {
    float[] labels = new float[batch.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = batch.tokenIds()[batch.offsets()[i]] % Model.CLASSES;
    }
    return labels;
  }

  private int length(SplittableRandom random) {
    double above = -(MEAN - SHORTEST + 2) * Math.log(1 - random.nextDouble());
    return (int) Math.min(longest, SHORTEST + above);
  }
}
