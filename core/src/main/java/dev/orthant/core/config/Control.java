package dev.orthant.core.config;

/** What a suite measures only to compare with. */
public enum Control {
  /**
   * One adapter of the first kind, without a constraint, trained on the rows of all tasks with a
   * head for each: what merging could reach if the data were in one place.
   */
  MULTI_TASK,

  /**
   * Each task's head on the base with a random delta, module by module of the rank and norm of the
   * trained one: what a change of this size does by itself.
   */
  RANDOM,

  /**
   * Each task's head on the base with each of the experts' deltas in turn, the probabilities (of a
   * regression the numbers) averaged: what all experts know together, at the cost of running all.
   */
  ENSEMBLE;

  /** The word for it in configurations and results. */
  public String word() {
    return KeyNames.word(this);
  }
}
