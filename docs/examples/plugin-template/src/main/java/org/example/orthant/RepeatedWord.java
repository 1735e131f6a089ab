package org.example.orthant;

import dev.orthant.core.text.Example;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Draws rows: half of them have a word twice. */
record RepeatedWord(RepeatedWordConfig config) {

  static final List<String> VOCABULARY =
      List.of(
          "lamp", "river", "stone", "apple", "window", "bread", "cloud", "paper", "horse", "glass",
          "music", "chair");

  /** Rows of a part of the task; equal seeds and parts give equal rows. */
  List<Example> rows(long seed, String part, int count) {
    Random random = new Random(seed * 31 + part.hashCode());
    List<Example> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean repeated = i % 2 == 1;
      rows.add(new Example(String.join(" ", words(random, repeated)), null, repeated ? 1 : 0));
    }
    return rows;
  }

  private List<String> words(Random random, boolean repeated) {
    List<String> all = new ArrayList<>(VOCABULARY);
    Collections.shuffle(all, random);
    List<String> words = all.subList(0, config.words());
    if (repeated) {
      words.set(0, words.get(1));
      Collections.shuffle(words, random);
    }
    return words;
  }
}
