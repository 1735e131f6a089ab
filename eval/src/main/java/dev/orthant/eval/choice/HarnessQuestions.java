package dev.orthant.eval.choice;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Questions as lm-evaluation-harness 0.4 words them, without examples before them. */
public final class HarnessQuestions {

  private static final Pattern BRACKETS = Pattern.compile("\\[.*?\\]");

  private HarnessQuestions() {}

  /** ARC, easy and challenge. */
  public static ChoiceQuestion arc(String question, List<String> choices, int answer) {
    return ChoiceQuestion.of("Question: " + question + "\nAnswer:", choices, answer);
  }

  /** PIQA. */
  public static ChoiceQuestion piqa(String goal, String first, String second, int answer) {
    return arc(goal, List.of(first, second), answer);
  }

  /** OpenBookQA. */
  public static ChoiceQuestion openBookQa(String stem, List<String> choices, int answer) {
    return ChoiceQuestion.of(stem, choices, answer);
  }

  /** Social IQa; the harness reports no normalised accuracy. */
  public static ChoiceQuestion socialIqa(
      String context, String question, List<String> answers, int answer) {
    return plain(ChoiceQuestion.of("Q: %s %s\nA:".formatted(context, question), answers, answer));
  }

  /** BoolQ: no or yes; the harness reports no normalised accuracy. */
  public static ChoiceQuestion boolQ(String passage, String question, boolean answer) {
    return plain(
        ChoiceQuestion.of(
            "%s\nQuestion: %s?\nAnswer:".formatted(passage, question),
            List.of("no", "yes"),
            answer ? 1 : 0));
  }

  /** HellaSwag, cleaned of the marks that its source has. */
  public static ChoiceQuestion hellaSwag(
      String activity, String contextA, String contextB, List<String> endings, int answer) {
    String context = activity + ": " + contextA + " " + capitalised(contextB);
    return ChoiceQuestion.of(
        cleaned(context), endings.stream().map(HarnessQuestions::cleaned).toList(), answer);
  }

  /**
   * WinoGrande by partial evaluation: the sentence up to its blank with each option in place, and
   * what follows the blank as the continuation of both.
   *
   * @throws IllegalArgumentException if the sentence has no blank
   */
  public static ChoiceQuestion winogrande(
      String sentence, String first, String second, int answer) {
    int blank = sentence.indexOf('_');
    if (blank < 0) {
      throw new IllegalArgumentException("a sentence needs a blank, '_', was '" + sentence + "'");
    }
    String rest = " " + sentence.substring(blank + 1).strip();
    List<String> options = List.of(first, second);
    return new ChoiceQuestion(
        options.stream()
            .map(option -> new Continuation(sentence.substring(0, blank) + option, rest))
            .toList(),
        options,
        answer,
        false);
  }

  private static ChoiceQuestion plain(ChoiceQuestion question) {
    return new ChoiceQuestion(
        question.continuations(), question.choices(), question.answer(), false);
  }

  private static String cleaned(String text) {
    String marked = text.strip().replace(" [title]", ". ");
    return BRACKETS.matcher(marked).replaceAll("").replace("  ", " ");
  }

  /** As Python does it: the first letter in upper case, all others in lower case. */
  private static String capitalised(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int second = text.offsetByCodePoints(0, 1);
    return text.substring(0, second).toUpperCase(Locale.ROOT)
        + text.substring(second).toLowerCase(Locale.ROOT);
  }
}
