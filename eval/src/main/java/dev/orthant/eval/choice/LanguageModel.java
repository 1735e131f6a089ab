package dev.orthant.eval.choice;

import java.util.List;

/** What multiple choice by log-likelihood needs of a model. */
public interface LanguageModel {

  /**
   * The natural logarithm of the probability of each token of a text, given its context and the
   * tokens before. The tokens are those that the tokenizer gives for context and text as one, less
   * as many as it gives for the context alone.
   *
   * @return an array a continuation, in their order
   */
  List<double[]> logLikelihoods(List<Continuation> continuations);
}
