package dev.orthant.core.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tokenised rows with their labels.
 *
 * @param rows [n]
 * @param labels [n], class indices or values
 */
public record LabelledRows(List<Encoded> rows, float[] labels) implements TrainingRows {

  /** Refuses lists that do not fit. */
  public LabelledRows {
    rows = List.copyOf(rows);
    if (rows.size() != labels.length) {
      throw new IllegalArgumentException(
          "%d rows but %d labels".formatted(rows.size(), labels.length));
    }
  }

  /** Tokenises examples. */
  public static LabelledRows of(List<Example> examples, Tokenizer tokenizer) {
    float[] labels = new float[examples.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = examples.get(i).label();
    }
    return new LabelledRows(tokenizer.encodeAll(examples), labels);
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public int length(int row) {
    return rows.get(row).tokenIds().length;
  }

  @Override
  public Batch batch(int[] indices) {
    List<Encoded> chosen = new ArrayList<>(indices.length);
    for (int i : indices) {
      chosen.add(rows.get(i));
    }
    return Batch.of(chosen);
  }

  @Override
  public float[] labels(int[] indices) {
    float[] chosen = new float[indices.length];
    for (int i = 0; i < indices.length; i++) {
      chosen[i] = labels[indices[i]];
    }
    return chosen;
  }

  /** One label a row. */
  @Override
  public int weight(int[] indices) {
    return indices.length;
  }

  @Override
  public LabelledRows first(int count) {
    return new LabelledRows(rows.subList(0, count), Arrays.copyOf(labels, count));
  }
}
