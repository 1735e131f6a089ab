package dev.orthant.eval.choice;

import java.util.ArrayList;
import java.util.List;

/**
 * Multiple choice as lm-evaluation-harness defines it: a model chooses what it finds most probable.
 *
 * <p>The log-likelihood of a choice is the sum over its tokens of {@code log p(token | context and
 * the tokens before)}, divided by what the {@link Normalisation} says. The choice with the greatest
 * is taken, the first of equal ones.
 */
public final class LogLikelihoodProtocol {

  /** The name that results carry. */
  public static final String NAME = "log-likelihood";

  private LogLikelihoodProtocol() {}

  /**
   * Asks a model.
   *
   * @param task the name of the task
   * @param questions at least one
   * @return {@code acc}, and {@code acc_norm} and {@code acc_bytes} if all questions can have them
   */
  public static List<ChoiceResult> measure(
      String task, List<ChoiceQuestion> questions, LanguageModel model) {
    List<Continuation> asked =
        questions.stream().flatMap(question -> question.continuations().stream()).toList();
    List<double[]> tokens = model.logLikelihoods(asked);
    if (tokens.size() != asked.size()) {
      throw new IllegalArgumentException(
          "a model gave %d log-likelihoods for %d continuations"
              .formatted(tokens.size(), asked.size()));
    }
    return score(task, questions, tokens);
  }

  /**
   * Scores log-likelihoods of tokens.
   *
   * @param tokens for every continuation of every question, in order, those of its tokens
   */
  public static List<ChoiceResult> score(
      String task, List<ChoiceQuestion> questions, List<double[]> tokens) {
    if (questions.isEmpty()) {
      throw new IllegalArgumentException("task '" + task + "' has no questions");
    }
    List<Normalisation> metrics =
        questions.stream().allMatch(ChoiceQuestion::normalised)
            ? List.of(Normalisation.values())
            : List.of(Normalisation.NONE);
    List<String> prompts =
        questions.stream()
            .flatMap(question -> question.continuations().stream())
            .map(continuation -> continuation.context() + continuation.text())
            .toList();
    List<ChoiceResult> results = new ArrayList<>();
    for (Normalisation by : metrics) {
      boolean[] right = new boolean[questions.size()];
      int next = 0;
      for (int i = 0; i < right.length; i++) {
        ChoiceQuestion question = questions.get(i);
        int after = next + question.choices().size();
        right[i] = chosen(question, tokens.subList(next, after), by) == question.answer();
        next = after;
      }
      results.add(ChoiceResult.of(NAME, task, by.metric(), right, prompts));
    }
    return results;
  }

  /** The index of the choice that a model takes. */
  public static int chosen(ChoiceQuestion question, List<double[]> tokens, Normalisation by) {
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < tokens.size(); i++) {
      double sum = 0;
      for (double token : tokens.get(i)) {
        sum += token;
      }
      double value = sum / by.length(question.choices().get(i));
      if (Double.isNaN(value)) {
        throw new IllegalArgumentException(
            "the log-likelihood of '%s' is not a number".formatted(question.choices().get(i)));
      }
      if (value > most) {
        best = i;
        most = value;
      }
    }
    return best;
  }
}
