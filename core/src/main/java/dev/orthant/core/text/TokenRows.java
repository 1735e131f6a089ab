package dev.orthant.core.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Tokenised rows of which each token has a label: the token that follows, or {@link #IGNORED}.
 *
 * @param rows [n]
 * @param labels [n][tokens of the row's target, or of the row if it has none]
 */
public record TokenRows(List<Encoded> rows, List<int[]> labels) implements TrainingRows {

  /** The label of a token whose successor does not count; PyTorch's default. */
  public static final int IGNORED = -100;

  /** Refuses lists that do not fit. */
  public TokenRows {
    rows = List.copyOf(rows);
    labels = List.copyOf(labels);
    if (rows.size() != labels.size()) {
      throw new IllegalArgumentException(
          "%d rows but labels of %d".formatted(rows.size(), labels.size()));
    }
    for (int i = 0; i < rows.size(); i++) {
      int tokens = decoded(rows.get(i));
      if (labels.get(i).length != tokens) {
        throw new IllegalArgumentException(
            "row %d has %d tokens but %d labels".formatted(i + 1, tokens, labels.get(i).length));
      }
    }
  }

  private static int decoded(Encoded row) {
    return row.targetIds() == null ? row.tokenIds().length : row.targetIds().length;
  }

  @Override
  public int size() {
    return rows.size();
  }

  @Override
  public int length(int row) {
    Encoded encoded = rows.get(row);
    int target = encoded.targetIds() == null ? 0 : encoded.targetIds().length;
    return encoded.tokenIds().length + target;
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
    int count = 0;
    for (int i : indices) {
      count += labels.get(i).length;
    }
    float[] all = new float[count];
    int at = 0;
    for (int i : indices) {
      for (int label : labels.get(i)) {
        all[at++] = label;
      }
    }
    return all;
  }

  @Override
  public int weight(int[] indices) {
    int count = 0;
    for (int i : indices) {
      for (int label : labels.get(i)) {
        count += label == IGNORED ? 0 : 1;
      }
    }
    return count;
  }

  @Override
  public TokenRows first(int count) {
    return new TokenRows(rows.subList(0, count), labels.subList(0, count));
  }
}
