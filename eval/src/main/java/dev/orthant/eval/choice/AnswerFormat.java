package dev.orthant.eval.choice;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the data sets of LLM-Adapters' commonsense evaluation write an answer. */
public enum AnswerFormat {
  /** BoolQ. */
  TRUTH("true|false"),
  /** PIQA. */
  SOLUTION("solution1|solution2"),
  /** Social IQa, ARC easy and challenge, OpenBookQA. */
  ANSWER("answer1|answer2|answer3|answer4|answer5"),
  /** HellaSwag. */
  ENDING("ending1|ending2|ending3|ending4"),
  /** WinoGrande. */
  OPTION("option1|option2");

  private final Pattern pattern;

  AnswerFormat(String pattern) {
    this.pattern = Pattern.compile(pattern);
  }

  /** The first answer in a text, in this case of letters; {@code answer10} is {@code answer1}. */
  public Optional<String> first(String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
  }
}
