package dev.orthant.core.config;

/** Which tokens a language model is trained on. */
public enum LossOn {
  /** Those of completions. */
  COMPLETION,
  /** Those of prompts too. */
  ALL
}
