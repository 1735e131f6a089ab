package dev.orthant.core.nn;

import dev.orthant.core.kernel.FrozenLinear;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The product with a matrix of one row for each token, which is often the table of embeddings.
 *
 * @param matrix [vocabulary, hidden]
 */
public record LinearOutput(FrozenLinear matrix) implements TokenOutput {

  @Override
  public int vocabulary() {
    return matrix.outputs();
  }

  @Override
  public INDArray forward(Pass pass, INDArray hidden) {
    INDArray scores = pass.buffer("output.scores", hidden.size(0), vocabulary());
    pass.kernels().linear(hidden, List.of(matrix), List.of(scores));
    return scores;
  }

  @Override
  public void backward(Pass pass, INDArray hidden, INDArray dScores, INDArray dHidden) {
    pass.kernels().linearInputGradient(List.of(dScores), List.of(matrix), false, dHidden);
  }

  @Override
  public void close() {
    matrix.close();
  }
}
