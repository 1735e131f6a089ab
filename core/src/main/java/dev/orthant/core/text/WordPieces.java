package dev.orthant.core.text;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A WordPiece vocabulary of BERT's kind and how text is prepared for it.
 *
 * @param words how text is split into words
 * @param ids piece to token; pieces that go on within a word begin with {@code ##}
 * @param special pieces that are found in the text as they are written, before anything else
 * @param unknown the piece for words that are not made of pieces
 * @param start the piece before the first text
 * @param end the piece after each text
 * @param maxWordLength longer words, in characters, are unknown
 */
record WordPieces(
    BertWords words,
    Map<String, Integer> ids,
    Set<String> special,
    String unknown,
    String start,
    String end,
    int maxWordLength) {

  static final String CONTINUATION = "##";

  /** Copies the collections; refuses special pieces that have no token. */
  WordPieces {
    ids = Map.copyOf(ids);
    special = Set.copyOf(special);
    Set<String> missing = new TreeSet<>(special);
    missing.addAll(Set.of(unknown, start, end));
    missing.removeAll(ids.keySet());
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException("has no token for " + String.join(", ", missing));
    }
  }

  int id(String piece) {
    return requireNonNull(ids.get(piece), piece);
  }
}
