package dev.orthant.eval.choice;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Multiple choice as LLM-Adapters and MoSLoRA measure commonsense: a model writes, by a search of
 * four beams and at most 32 tokens, and the first thing that looks like an answer is compared with
 * the right one. Text without an answer is wrong.
 */
public final class GenerateAndMatchProtocol {

  /** The name that results carry. */
  public static final String NAME = "generate-and-match";

  private static final int BEAMS = 4;
  private static final int MOST_TOKENS = 32;
  private static final String RESPONSE = "### Response:";

  private GenerateAndMatchProtocol() {}

  /**
   * Asks a model.
   *
   * @param task the name of the task
   * @param questions at least one
   */
  public static ChoiceResult measure(
      String task, List<Instruction> questions, AnswerFormat format, TextGenerator model) {
    List<String> prompts = questions.stream().map(Instruction::prompt).toList();
    return score(task, questions, format, model.generate(prompts, BEAMS, MOST_TOKENS));
  }

  /**
   * Scores generated texts. A text may repeat the prompt: what counts is between its first and its
   * second {@code ### Response:}, or all of it without one.
   *
   * @param generated one a question, in their order
   */
  public static ChoiceResult score(
      String task, List<Instruction> questions, AnswerFormat format, List<String> generated) {
    if (questions.isEmpty() || generated.size() != questions.size()) {
      throw new IllegalArgumentException(
          "task '%s' needs at least one question and a text for each, has %d and %d"
              .formatted(task, questions.size(), generated.size()));
    }
    boolean[] right = new boolean[questions.size()];
    IntStream.range(0, right.length)
        .forEach(
            i ->
                right[i] =
                    format
                        .first(response(generated.get(i)))
                        .filter(questions.get(i).answer()::equals)
                        .isPresent());
    return ChoiceResult.of(
        NAME, task, "accuracy", right, questions.stream().map(Instruction::prompt).toList());
  }

  private static String response(String generated) {
    String[] parts = generated.split(RESPONSE, -1);
    return parts.length > 1 ? parts[1] : generated;
  }
}
