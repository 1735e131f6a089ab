package dev.orthant.core.nn;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The scores of hidden states that are multiplied by a number first, as T5's are where its output
 * is the table of embeddings.
 *
 * @param output of the scaled states
 */
public record ScaledOutput(TokenOutput output, float scale) implements TokenOutput {

  @Override
  public int vocabulary() {
    return output.vocabulary();
  }

  @Override
  public INDArray forward(Pass pass, INDArray hidden) {
    return output.forward(pass, scaled(pass, hidden));
  }

  @Override
  public void backward(Pass pass, INDArray hidden, INDArray dScores, INDArray dHidden) {
    output.backward(pass, scaled(pass, hidden), dScores, dHidden);
    pass.kernels().scale(scale, dHidden);
  }

  private INDArray scaled(Pass pass, INDArray hidden) {
    INDArray x = pass.buffer("output.scaled", hidden.shape()).assign(hidden);
    pass.kernels().scale(scale, x);
    return x;
  }

  @Override
  public void close() {
    output.close();
  }
}
