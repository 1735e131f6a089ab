package dev.orthant.core.nn;

import dev.orthant.core.kernel.Precision;

/**
 * How a model is held in memory.
 *
 * @param weights of linear layers that can be adapted, and of the scores of tokens: {@code bf16}
 *     takes half the memory, and rounds weights that have more digits in their file. Products stay
 *     in the precision of the kernels
 */
public record LoadSettings(Precision weights) {

  /** Everything in single precision, as the kernels read it. */
  public static LoadSettings defaults() {
    return new LoadSettings(Precision.FP32);
  }
}
