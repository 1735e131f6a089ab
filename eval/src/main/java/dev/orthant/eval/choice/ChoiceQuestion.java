package dev.orthant.eval.choice;

import java.util.List;

/**
 * A question with choices.
 *
 * @param continuations whose likelihoods are compared, one a choice
 * @param choices the choices' own texts, without what separates them from the context
 * @param answer index of the right choice
 * @param normalised whether it makes sense to divide likelihoods by the length of the choice; not
 *     where the choices are in the contexts and all continuations are equal
 */
public record ChoiceQuestion(
    List<Continuation> continuations, List<String> choices, int answer, boolean normalised) {

  /** Refuses fewer than two choices, and an answer that is none of them. */
  public ChoiceQuestion {
    continuations = List.copyOf(continuations);
    choices = List.copyOf(choices);
    if (choices.size() < 2 || continuations.size() != choices.size()) {
      throw new IllegalArgumentException(
          "a question needs two or more choices and a continuation for each, has %d and %d"
              .formatted(choices.size(), continuations.size()));
    }
    if (answer < 0 || answer >= choices.size()) {
      throw new IllegalArgumentException(
          "answer must be in [0, %d], was %d".formatted(choices.size() - 1, answer));
    }
  }

  /** A question whose choices follow the same context, after a space. */
  public static ChoiceQuestion of(String context, List<String> choices, int answer) {
    return new ChoiceQuestion(
        choices.stream().map(choice -> new Continuation(context, " " + choice)).toList(),
        choices,
        answer,
        true);
  }
}
