package org.example.orthant;

/**
 * What a configuration file can say beside {@code type: repeated-word}. A key is the snake case of
 * a component's name, and its value is refused with the constructor's own message.
 *
 * @param words the number of words in a row, from 2 to 12
 */
public record RepeatedWordConfig(int words) {

  /** Refuses values out of range; messages begin with the key. */
  public RepeatedWordConfig {
    if (words < 2 || words > RepeatedWord.VOCABULARY.size()) {
      throw new IllegalArgumentException(
          "words must be in [2, %d], was %d".formatted(RepeatedWord.VOCABULARY.size(), words));
    }
  }

  /** The values of absent keys. */
  public static RepeatedWordConfig defaults() {
    return new RepeatedWordConfig(6);
  }
}
