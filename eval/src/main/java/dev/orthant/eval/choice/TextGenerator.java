package dev.orthant.eval.choice;

import java.util.List;

/** What generating and matching needs of a model. */
public interface TextGenerator {

  /**
   * What a model writes after each prompt.
   *
   * @param beams how many beams are searched; 1 for the most probable token at each step
   * @param mostTokens after which it stops
   * @return a text a prompt, in their order, without the prompt
   */
  List<String> generate(List<String> prompts, int beams, int mostTokens);
}
