package dev.orthant.core.merge.recipe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens the result has. Unless it is said, all models have to have the same.
 *
 * @param source where they come from
 * @param model the model, if it is one
 * @param tokens where rows of single tokens come from; tokens that are in no vocabulary are added
 * @param padTo the number of rows is made a multiple of this
 */
record TokenizerSpec(Source source, @Nullable String model, Map<String, Row> tokens, int padTo) {

  /** Where tokens come from. */
  enum Source {
    /** From all models, which have the same. */
    SAME,
    /** From the base, or the first model. */
    BASE,
    /** From one model. */
    MODEL,
    /** From all models, the base's first. */
    UNION
  }

  /**
   * The row of a token.
   *
   * @param model whose row it is in models that do not have the token; null for zeros
   * @param token whose row it is in that model; null for that of the token itself
   * @param id the number of that row; null for that of the token
   * @param force whether it is also the row in models that have the token
   */
  record Row(@Nullable String model, @Nullable String token, @Nullable Integer id, boolean force) {}

  static final TokenizerSpec SAME = new TokenizerSpec(Source.SAME, null, Map.of(), 1);

  /** Copies the map. */
  TokenizerSpec {
    tokens = Collections.unmodifiableMap(new LinkedHashMap<>(tokens));
  }

  /** The source of a word: {@code base}, {@code union}, or a model. */
  static TokenizerSpec of(String word) {
    return switch (word) {
      case "base" -> new TokenizerSpec(Source.BASE, null, Map.of(), 1);
      case "union" -> new TokenizerSpec(Source.UNION, null, Map.of(), 1);
      default -> new TokenizerSpec(Source.MODEL, word, Map.of(), 1);
    };
  }

  TokenizerSpec with(Map<String, Row> rows, int multiple) {
    return new TokenizerSpec(source, model, rows, multiple);
  }
}
