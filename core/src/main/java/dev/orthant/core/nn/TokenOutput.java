package dev.orthant.core.nn;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Turns hidden states into a score for each token of the vocabulary. Its weights are frozen. */
public interface TokenOutput extends AutoCloseable {

  /** The number of scores of a row. */
  int vocabulary();

  /**
   * The scores, before any softmax.
   *
   * @param hidden [rows, hidden], hidden states of the model, any rows of them
   * @return [rows, vocabulary], a buffer of the pass
   */
  INDArray forward(Pass pass, INDArray hidden);

  /**
   * The gradient to the hidden states. Follows a {@link #forward} of the same pass and rows.
   *
   * @param hidden [rows, hidden], as in the forward pass
   * @param dScores [rows, vocabulary]
   * @param dHidden [rows, hidden], overwritten
   */
  void backward(Pass pass, INDArray hidden, INDArray dScores, INDArray dHidden);

  /** Frees what kernels keep beside its weights. */
  @Override
  void close();
}
