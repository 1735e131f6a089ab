package dev.orthant.core.config;

/** What a task asks of a model. */
public enum TaskKind {
  /** A class, or a number, for each row. */
  CLASSIFICATION,
  /** To write a completion behind a prompt, of a decoder. */
  CAUSAL_LM,
  /** To write a completion to a prompt that an encoder reads. */
  SEQ2SEQ;

  /** Whether the model is to write. */
  public boolean isLanguage() {
    return this != CLASSIFICATION;
  }
}
