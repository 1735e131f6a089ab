package dev.orthant.eval.choice;

import dev.orthant.core.generate.GenerationConfig;
import dev.orthant.core.generate.TextModel;
import java.util.List;

/**
 * A model for multiple choice by either protocol. An encoder-decoder reads contexts and prompts and
 * is asked about, or writes, what follows.
 */
public final class ModelAnswers implements LanguageModel, TextGenerator {

  private final TextModel model;

  /**
   * @param model with a tokenizer that cuts nothing
   */
  public ModelAnswers(TextModel model) {
    this.model = model;
  }

  @Override
  public List<double[]> logLikelihoods(List<Continuation> continuations) {
    return continuations.stream().map(c -> model.logProbabilities(c.context(), c.text())).toList();
  }

  @Override
  public List<String> generate(List<String> prompts, int beams, int mostTokens) {
    GenerationConfig config = GenerationConfig.beams(mostTokens, beams, 1);
    return prompts.stream().map(prompt -> model.generate(prompt, config)).toList();
  }
}
