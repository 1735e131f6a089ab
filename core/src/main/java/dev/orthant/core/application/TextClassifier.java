package dev.orthant.core.application;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Says which class a text is of, or for a regression which number: a base model, what is added to
 * it, and a trained head.
 *
 * <p>A text of more tokens than the adapter was trained with is cut there, as tokenizers do,
 * without a word; of a pair the longer text first.
 *
 * <p>A view of a {@link BaseModel} and a {@link TaskAdapter}: small, immutable, safe for use by
 * several threads, usable until one of them is closed.
 */
public final class TextClassifier {

  private final BaseModel base;
  private final TaskAdapter adapter;
  private final Adaptation adaptation;
  private final int maxLength;

  TextClassifier(BaseModel base, TaskAdapter adapter, Adaptation adaptation) {
    this.base = base;
    this.adapter = adapter;
    this.adaptation = adaptation;
    this.maxLength = base.requireLength(adapter.description().maxLength());
  }

  /** The names of the classes, by index; empty for a regression. */
  public List<String> labels() {
    return adapter.labels();
  }

  /** How many tokens of a text are read, special tokens included. */
  public int maxLength() {
    return maxLength;
  }

  /**
   * The class of a text.
   *
   * @throws IllegalStateException if the task is a regression
   */
  public Prediction predict(String text) {
    return predict(List.of(text)).get(0);
  }

  /**
   * The classes of texts, in their order.
   *
   * @throws IllegalStateException if the task is a regression
   */
  public List<Prediction> predict(List<String> texts) {
    return predictInputs(texts.stream().map(TextInput::of).toList());
  }

  /**
   * The classes of texts or pairs of texts, in their order.
   *
   * @throws IllegalStateException if the task is a regression
   */
  public List<Prediction> predictInputs(List<TextInput> inputs) {
    requireClasses();
    List<Prediction> predictions = new ArrayList<>(inputs.size());
    for (float[] row : logits(inputs)) {
      predictions.add(prediction(row));
    }
    return predictions;
  }

  /**
   * The head's outputs before any softmax, in the order of the inputs: [inputs][classes], or
   * [inputs][1] with the numbers of a regression.
   */
  public float[][] logits(List<TextInput> inputs) {
    enter();
    try {
      return base.run(
          adaptation,
          inputs,
          maxLength,
          (pass, hidden, batch) -> adapter.head().forward(pass, hidden, batch));
    } finally {
      exit();
    }
  }

  BaseModel base() {
    return base;
  }

  TaskAdapter adapter() {
    return adapter;
  }

  Adaptation adaptation() {
    return adaptation;
  }

  /** Begins a use of the adapter and of what is added, before whose end nothing is freed. */
  void enter() {
    adapter.enter();
    try {
      adaptation.enter();
    } catch (IllegalStateException e) {
      adapter.exit();
      throw e;
    }
  }

  /** Ends a use. */
  void exit() {
    adaptation.exit();
    adapter.exit();
  }

  void requireClasses() {
    if (labels().isEmpty()) {
      throw new IllegalStateException(
          "task '%s' is a regression, which has no classes; ask for logits"
              .formatted(adapter.task()));
    }
  }

  /** The softmax of logits. */
  Prediction prediction(float[] logits) {
    int best = 0;
    for (int k = 1; k < logits.length; k++) {
      if (logits[k] > logits[best]) {
        best = k;
      }
    }
    double sum = 0;
    double[] exponentials = new double[logits.length];
    for (int k = 0; k < logits.length; k++) {
      exponentials[k] = Math.exp((double) logits[k] - logits[best]);
      sum += exponentials[k];
    }
    Map<String, Double> probabilities = new LinkedHashMap<>();
    for (int k = 0; k < logits.length; k++) {
      probabilities.put(labels().get(k), exponentials[k] / sum);
    }
    return new Prediction(labels().get(best), exponentials[best] / sum, probabilities);
  }
}
