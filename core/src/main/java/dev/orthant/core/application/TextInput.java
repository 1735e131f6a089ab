package dev.orthant.core.application;

import org.jspecify.annotations.Nullable;

/**
 * A text, or two that are read together.
 *
 * @param first the text, or the first of the pair
 * @param second the second of the pair, or null for a text alone
 */
public record TextInput(String first, @Nullable String second) {

  /** A text alone. */
  public static TextInput of(String text) {
    return new TextInput(text, null);
  }

  /** Two texts that are read together. */
  public static TextInput of(String first, String second) {
    return new TextInput(first, second);
  }
}
