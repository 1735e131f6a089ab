package dev.orthant.eval.tasks;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Finds a lemma in a sentence, inflected or not, by the rules of WordNet's Morphy. */
final class Inflections {

  /** Endings and what they stand for. */
  private static final Map<Character, List<List<String>>> RULES =
      Map.of(
          'n',
          List.of(
              List.of("s", ""),
              List.of("ses", "s"),
              List.of("xes", "x"),
              List.of("zes", "z"),
              List.of("ches", "ch"),
              List.of("shes", "sh"),
              List.of("men", "man"),
              List.of("ies", "y")),
          'v',
          List.of(
              List.of("s", ""),
              List.of("ies", "y"),
              List.of("es", "e"),
              List.of("es", ""),
              List.of("ed", "e"),
              List.of("ed", ""),
              List.of("ing", "e"),
              List.of("ing", "")),
          'a',
          List.of(List.of("er", ""), List.of("est", ""), List.of("er", "e"), List.of("est", "e")),
          'r',
          List.of());

  private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}'-]+");

  private final Map<String, List<String>> irregular;
  private final List<List<String>> rules;

  Inflections(char pos, Map<String, List<String>> irregular) {
    this.irregular = irregular;
    this.rules = RULES.get(pos);
  }

  /** The words of a sentence, lower case. */
  static List<String> words(String sentence) {
    return List.of(BETWEEN_WORDS.split(sentence.toLowerCase(Locale.ROOT)));
  }

  /** Whether one of the words is a form of the lemma. */
  boolean occurs(String lemma, List<String> words) {
    return words.stream().anyMatch(word -> isFormOf(lemma, word));
  }

  private boolean isFormOf(String lemma, String word) {
    if (word.equals(lemma) || irregular.getOrDefault(word, List.of()).contains(lemma)) {
      return true;
    }
    for (List<String> rule : rules) {
      String ending = rule.get(0);
      String stem = rule.get(1);
      if (word.endsWith(ending)
          && lemma.endsWith(stem)
          && word.length() - ending.length() == lemma.length() - stem.length()
          && lemma.regionMatches(0, word, 0, word.length() - ending.length())) {
        return true;
      }
    }
    return false;
  }
}
