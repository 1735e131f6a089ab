package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.MergeTensor;

/** What coefficients multiply: the inputs' deltas, or what a survey of the model leaves of them. */
interface TaskVectors {

  /** Looks at one tensor. */
  default void survey(MergeTensor tensor) {}

  /** Whether all tensors have to be surveyed once more. */
  default boolean surveysAgain() {
    return false;
  }

  /** One an input. */
  Delta[] of(MergeTensor tensor);
}
