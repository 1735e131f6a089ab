package dev.orthant.core.nn;

import org.nd4j.linalg.api.ndarray.INDArray;

/** From hidden states to a score (logit) of every token of the vocabulary; frozen. */
public interface TokenOutput {

  /** The number of tokens that are scored. */
  int vocabulary();

  /**
   * The scores.
   *
   * @param hidden [n, hidden]; not modified
   * @param logits [n, vocabulary], overwritten
   */
  void forward(Pass pass, INDArray hidden, INDArray logits);

  /**
   * The gradient of {@link #forward} to the hidden states.
   *
   * @param hidden [n, hidden], as in the forward pass
   * @param dLogits [n, vocabulary]
   * @param dHidden [n, hidden], overwritten; may be hidden itself
   */
  void backward(Pass pass, INDArray hidden, INDArray dLogits, INDArray dHidden);
}
