package dev.orthant.core.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Token sequences packed one after the other, without padding: sequence i has the tokens {@code
 * offsets[i]} (inclusive) to {@code offsets[i + 1]} (exclusive). Arrays are not copied and not to
 * be modified.
 *
 * @param tokenIds [tokens]
 * @param typeIds [tokens], 0 for the first text of a pair and 1 for the second
 * @param offsets [sequences + 1], from 0 to the number of tokens
 * @param target what the decoder beside an encoder reads, as many sequences; null without one
 */
public record Batch(int[] tokenIds, int[] typeIds, int[] offsets, @Nullable Batch target) {

  /** Refuses offsets that do not cover the tokens. */
  public Batch {
    if (tokenIds.length != typeIds.length
        || offsets.length < 2
        || offsets[0] != 0
        || offsets[offsets.length - 1] != tokenIds.length) {
      throw new IllegalArgumentException(
          "a batch of %d token ids and %d type ids does not fit offsets %s"
              .formatted(tokenIds.length, typeIds.length, Arrays.toString(offsets)));
    }
    if (target != null && target.size() != offsets.length - 1) {
      throw new IllegalArgumentException(
          "a batch of %d sequences does not fit %d targets"
              .formatted(offsets.length - 1, target.size()));
    }
  }

  /** A batch without a target. */
  public Batch(int[] tokenIds, int[] typeIds, int[] offsets) {
    this(tokenIds, typeIds, offsets, null);
  }

  /** The same sequences with a target. */
  public Batch withTarget(Batch decoded) {
    return new Batch(tokenIds, typeIds, offsets, decoded);
  }

  /** The batch of these sequences, in their order. */
  public static Batch of(List<Encoded> sequences) {
    int[] offsets = new int[sequences.size() + 1];
    for (int i = 0; i < sequences.size(); i++) {
      offsets[i + 1] = offsets[i] + sequences.get(i).tokenIds().length;
    }
    int[] ids = new int[offsets[sequences.size()]];
    int[] types = new int[ids.length];
    for (int i = 0; i < sequences.size(); i++) {
      Encoded e = sequences.get(i);
      System.arraycopy(e.tokenIds(), 0, ids, offsets[i], e.tokenIds().length);
      System.arraycopy(e.typeIds(), 0, types, offsets[i], e.typeIds().length);
    }
    return new Batch(ids, types, offsets, targets(sequences));
  }

  private static @Nullable Batch targets(List<Encoded> sequences) {
    List<Encoded> targets = new ArrayList<>();
    for (Encoded sequence : sequences) {
      if (sequence.targetIds() != null) {
        targets.add(Encoded.of(sequence.targetIds()));
      }
    }
    if (!targets.isEmpty() && targets.size() < sequences.size()) {
      throw new IllegalArgumentException("some sequences of a batch have a target, others none");
    }
    return targets.isEmpty() ? null : of(targets);
  }

  /** The number of sequences. */
  public int size() {
    return offsets.length - 1;
  }

  /** The number of tokens of all sequences together. */
  public int tokens() {
    return tokenIds.length;
  }

  /** The place of each token in its sequence, from 0: [tokens]. */
  public int[] positions() {
    int[] positions = new int[tokenIds.length];
    for (int i = 0; i < size(); i++) {
      for (int row = offsets[i]; row < offsets[i + 1]; row++) {
        positions[row] = row - offsets[i];
      }
    }
    return positions;
  }

  /** The row of the first token of each sequence: [sequences]. */
  public int[] firstRows() {
    return Arrays.copyOf(offsets, size());
  }

  /** The row of the last token of each sequence: [sequences]. */
  public int[] lastRows() {
    int[] rows = new int[size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = offsets[i + 1] - 1;
    }
    return rows;
  }

  /** The same sequences without their last tokens, behind another one. */
  public Batch shifted(int first) {
    int[] ids = new int[tokenIds.length];
    System.arraycopy(tokenIds, 0, ids, 1, ids.length - 1);
    for (int row : firstRows()) {
      ids[row] = first;
    }
    return new Batch(ids, new int[ids.length], offsets);
  }

  /** What is decoded: the target, or the batch itself without one. */
  public Batch decoded() {
    return target == null ? this : target;
  }

  /** The number of tokens of the longest sequence. */
  public int longest() {
    int longest = 0;
    for (int i = 0; i < size(); i++) {
      longest = Math.max(longest, offsets[i + 1] - offsets[i]);
    }
    return longest;
  }
}
