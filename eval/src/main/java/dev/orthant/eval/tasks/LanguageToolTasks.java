package dev.orthant.eval.tasks;

import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.text.Example;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Tasks from LanguageTool's rules. Both versions of a sentence, and all of a rule, go together. */
final class LanguageToolTasks {

  private static final int LEAST_WORDS = 3;

  /** The classes of the kind of a mistake. */
  static final List<String> KINDS =
      List.of("grammar", "confused-words", "typo", "style", "punctuation");

  /** The categories of rules that are one of those kinds. */
  private static final Map<String, String> CATEGORIES =
      Map.of(
          "GRAMMAR", "grammar",
          "CONFUSED_WORDS", "confused-words",
          "TYPOS", "typo",
          "STYLE", "style",
          "REDUNDANCY", "style",
          "PLAIN_ENGLISH", "style",
          "PUNCTUATION", "punctuation",
          "TYPOGRAPHY", "punctuation");

  private static final int SEVERAL = -1;

  private static final Pattern NO_LETTERS = Pattern.compile("[^\\p{L}\\p{N}]+");

  private LanguageToolTasks() {}

  /**
   * Is the sentence right? A sentence that is right for one rule and wrong for another is left out.
   */
  static List<Candidate> acceptability(ClassLoader loader, long seed) {
    List<RuleExample> examples = LanguageToolRules.read(loader);
    Map<String, Boolean> wrong = new HashMap<>();
    Set<String> contradicted = new LinkedHashSet<>();
    for (RuleExample e : examples) {
      Boolean before = wrong.putIfAbsent(e.text(), e.wrong());
      if (before != null && before != e.wrong()) {
        contradicted.add(e.text());
      }
    }
    Set<String> seen = new LinkedHashSet<>(contradicted);
    List<Candidate> rows = new ArrayList<>();
    for (RuleExample e : examples) {
      if (words(e.text()) >= LEAST_WORDS && seen.add(e.text())) {
        rows.add(new Candidate(keys(e), new Example(e.text(), null, e.wrong() ? 0 : 1)));
      }
    }
    return rows;
  }

  /** Which of two versions of a sentence is right? The side is a coin's throw. */
  static List<Candidate> minimalPairs(ClassLoader loader, long seed) {
    Set<String> seen = new LinkedHashSet<>();
    List<Candidate> rows = new ArrayList<>();
    for (RuleExample e : LanguageToolRules.read(loader)) {
      String right = e.corrected();
      if (right == null
          || right.equals(e.text())
          || words(e.text()) < LEAST_WORDS
          || !seen.add(e.text())) {
        continue;
      }
      boolean second = CounterRandom.of(seed, "minimal-pairs", "side", e.text()).bits(0) < 0;
      rows.add(
          new Candidate(
              keys(e), second ? new Example(e.text(), right, 1) : new Example(right, e.text(), 0)));
    }
    return rows;
  }

  /** What kind of mistake does the sentence have? Sentences of several kinds are left out. */
  static List<Candidate> errorKind(ClassLoader loader, long seed) {
    Map<String, Integer> kinds = new HashMap<>();
    List<RuleExample> wrong = new ArrayList<>();
    for (RuleExample e : LanguageToolRules.read(loader)) {
      int kind = KINDS.indexOf(CATEGORIES.getOrDefault(e.category(), ""));
      if (e.wrong() && kind >= 0 && words(e.text()) >= LEAST_WORDS) {
        Integer before = kinds.putIfAbsent(e.text(), kind);
        if (before == null) {
          wrong.add(e);
        } else if (before != kind) {
          kinds.put(e.text(), SEVERAL);
        }
      }
    }
    List<Candidate> rows = new ArrayList<>();
    for (RuleExample e : wrong) {
      int kind = kinds.get(e.text());
      if (kind != SEVERAL) {
        rows.add(new Candidate(keys(e), new Example(e.text(), null, kind)));
      }
    }
    return rows;
  }

  private static List<String> keys(RuleExample e) {
    Set<String> keys = new LinkedHashSet<>();
    keys.add("rule " + e.rule());
    keys.add(plain(e.text()));
    if (e.corrected() != null) {
      keys.add(plain(e.corrected()));
    }
    return List.copyOf(keys);
  }

  /** The letters and digits alone, so that versions that differ in commas or case are one. */
  private static String plain(String text) {
    return NO_LETTERS.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
  }

  private static int words(String text) {
    return text.split(" ").length;
  }
}
