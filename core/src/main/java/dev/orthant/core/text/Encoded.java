package dev.orthant.core.text;

import org.jspecify.annotations.Nullable;

/**
 * One tokenised example, special tokens included, not padded.
 *
 * @param tokenIds [length]
 * @param typeIds [length]
 * @param targetIds [target length], what the decoder beside an encoder reads; null without one
 */
public record Encoded(int[] tokenIds, int[] typeIds, int @Nullable [] targetIds) {

  /** An example for a model of one stack. */
  public Encoded(int[] tokenIds, int[] typeIds) {
    this(tokenIds, typeIds, null);
  }

  /** One text: all types are 0. */
  public static Encoded of(int... tokenIds) {
    return new Encoded(tokenIds, new int[tokenIds.length]);
  }
}
