package dev.orthant.core.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Which queries see which keys, and how strongly. Within a sequence of m queries and n keys, query
 * i is at position {@code i + n - m}, as when the keys of earlier tokens are known already, and key
 * j at position j.
 *
 * @param heads number of heads of the queries
 * @param keyHeads number of heads of the keys and values; each serves {@code heads / keyHeads}
 *     neighbouring heads of the queries (Ainslie et al., 2023, arXiv:2305.13245)
 * @param scale what the products of queries and keys are multiplied by
 * @param causal whether a query sees no key at a later position than its own
 * @param window how many positions a query sees, its own and those before it; 0 for all
 * @param bias added to the scaled products, or null
 */
public record AttentionForm(
    int heads, int keyHeads, float scale, boolean causal, int window, @Nullable RelativeBias bias) {

  /** Refuses what makes no attention. */
  public AttentionForm {
    if (heads < 1 || keyHeads < 1 || heads % keyHeads != 0) {
      throw new IllegalArgumentException(
          "the number of heads must be a multiple of the number of key heads, was %d with %d"
              .formatted(heads, keyHeads));
    }
    if (window < 0 || window > 0 && !causal) {
      throw new IllegalArgumentException(
          "a window has at least one position and needs causal attention, was " + window);
    }
    if (bias != null && bias.byHead().length != heads) {
      throw new IllegalArgumentException(
          "a bias for %d heads does not fit %d heads".formatted(bias.byHead().length, heads));
    }
  }

  /** Every query sees every key, scaled by {@code 1 / sqrt(width)} (Vaswani et al., 2017). */
  public static AttentionForm full(int heads, int width) {
    return new AttentionForm(heads, heads, scale(width), false, 0, null);
  }

  /** A query sees the keys up to its own position, scaled by {@code 1 / sqrt(width)}. */
  public static AttentionForm causal(int heads, int keyHeads, int width) {
    return new AttentionForm(heads, keyHeads, scale(width), true, 0, null);
  }

  /** The same with a window. */
  public AttentionForm withWindow(int positions) {
    return new AttentionForm(heads, keyHeads, scale, causal, positions, bias);
  }

  /** Whether this is {@link #full} of a width. */
  boolean isFull(int width) {
    return heads == keyHeads && !causal && bias == null && scale == scale(width);
  }

  /** The first key that a query at a position sees. */
  int first(int position) {
    return window == 0 ? 0 : Math.max(0, position - window + 1);
  }

  /** One after the last of n keys that a query at a position sees. */
  int end(int position, int n) {
    return causal ? Math.min(n, position + 1) : n;
  }

  private static float scale(int width) {
    return (float) (1 / Math.sqrt(width));
  }
}
