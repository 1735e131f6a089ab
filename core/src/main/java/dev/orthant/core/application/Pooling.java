package dev.orthant.core.application;

/**
 * How the states of a text's tokens become one vector. A model's card says which it was trained
 * with.
 */
public enum Pooling {
  /** The mean over all tokens, special ones included: MiniLM, e5, gte. */
  MEAN,
  /** The state of the first token: bge. */
  FIRST
}
