package dev.orthant.core.train;

/** Scores the model on validation rows while it trains. */
public interface Evaluator {

  /** The metric's name, for records. */
  String metric();

  /** Whether more is better. */
  boolean greaterIsBetter();

  /**
   * The metric's value for the model as it is now.
   *
   * @throws dev.orthant.core.progress.InterruptedWorkException if it was asked to stop; the
   *     training ends and makes up for the evaluation when it resumes
   * @throws ArithmeticException if the model's outputs are not finite numbers
   */
  double evaluate();
}
