package dev.orthant.core.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * Makes rows to train a language model on of prompts with their completions.
 *
 * <p>Texts are cut to the greatest length at their end. The token that ends texts is put behind a
 * completion if there is room.
 *
 * @param tokenizer which cuts texts, and puts special tokens where the model has them
 * @param endToken what ends texts
 * @param lossOnPrompt whether tokens of prompts have labels too, not only those of completions;
 *     with a decoder alone
 * @param packing whether several examples go into one sequence, one behind the other, as many as
 *     fit the greatest length; tokens then see those of the examples before. With a decoder alone.
 *     Batches are never padded, so this saves no time; it is what some have trained with
 */
public record PromptTokens(
    Tokenizer tokenizer, int endToken, boolean lossOnPrompt, boolean packing) {

  /**
   * Rows for a decoder: prompt and completion in one sequence. An example whose prompt leaves no
   * room for its completion is left out.
   */
  public TokenRows decoder(List<Prompted> examples) {
    List<Sequence> sequences = new ArrayList<>();
    for (Prompted example : examples) {
      Sequence sequence = sequence(example);
      if (sequence.counts()) {
        sequences.add(sequence);
      }
    }
    List<Encoded> rows = new ArrayList<>();
    List<int[]> labels = new ArrayList<>();
    for (Sequence sequence : packing ? packed(sequences) : sequences) {
      rows.add(Encoded.of(sequence.ids));
      labels.add(sequence.labels);
    }
    return new TokenRows(rows, labels);
  }

  /**
   * Rows for an encoder that reads prompts and a decoder that writes completions.
   *
   * @param startToken what the decoder begins with
   */
  public TokenRows encoderDecoder(List<Prompted> examples, int startToken) {
    List<Encoded> rows = new ArrayList<>();
    List<int[]> labels = new ArrayList<>();
    for (Prompted example : examples) {
      int[] source = ended(tokens(example.prompt()));
      int[] label = ended(tokens(example.completion()));
      int[] target = new int[label.length];
      target[0] = startToken;
      System.arraycopy(label, 0, target, 1, target.length - 1);
      rows.add(new Encoded(source, new int[source.length], target));
      labels.add(label);
    }
    return new TokenRows(rows, labels);
  }

  /**
   * Rows for a model.
   *
   * @param startToken of the decoder beside an encoder; empty for a decoder alone
   */
  public TokenRows rows(List<Prompted> examples, OptionalInt startToken) {
    return startToken.isPresent()
        ? encoderDecoder(examples, startToken.getAsInt())
        : decoder(examples);
  }

  /** Tokens, and of each the one that follows if it counts. */
  private record Sequence(int[] ids, int[] labels) {

    boolean counts() {
      return Arrays.stream(labels).anyMatch(label -> label != TokenRows.IGNORED);
    }
  }

  private Sequence sequence(Prompted example) {
    int[] ids = ended(tokens(example.prompt() + example.completion()));
    int first = lossOnPrompt ? 1 : Math.max(1, tokens(example.prompt()).length);
    int[] labels = new int[ids.length];
    Arrays.fill(labels, TokenRows.IGNORED);
    for (int i = first; i < ids.length; i++) {
      labels[i - 1] = ids[i];
    }
    return new Sequence(ids, labels);
  }

  private List<Sequence> packed(List<Sequence> sequences) {
    List<Sequence> packed = new ArrayList<>();
    Sequence open = null;
    for (Sequence next : sequences) {
      if (open != null && open.ids.length + next.ids.length > tokenizer.maxLength()) {
        packed.add(open);
        open = null;
      }
      open =
          open == null
              ? next
              : new Sequence(joined(open.ids, next.ids), joined(open.labels, next.labels));
    }
    if (open != null) {
      packed.add(open);
    }
    return packed;
  }

  private static int[] joined(int[] first, int[] second) {
    int[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /** The tokens of a text, without the one that ends texts. */
  private int[] tokens(String text) {
    int[] ids = tokenizer.encode(text, null).tokenIds();
    boolean ended = ids.length > 0 && ids[ids.length - 1] == endToken;
    return ended ? Arrays.copyOf(ids, ids.length - 1) : ids;
  }

  private int[] ended(int[] ids) {
    if (ids.length >= tokenizer.maxLength()) {
      return ids;
    }
    int[] longer = Arrays.copyOf(ids, ids.length + 1);
    longer[ids.length] = endToken;
    return longer;
  }
}
