package dev.orthant.eval.benchmark;

/** One engine doing one piece of work again and again. */
interface Side {

  /** The work, once; gives a number (a loss, a sum of outputs) that all engines must agree on. */
  double run();
}
