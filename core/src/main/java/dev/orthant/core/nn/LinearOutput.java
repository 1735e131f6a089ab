package dev.orthant.core.nn;

import dev.orthant.core.kernel.FrozenLinear;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code logits = (scale hidden) w' + bias}, where w may be the table of the embeddings.
 *
 * @param layer [vocabulary, hidden]
 * @param scale what hidden states are multiplied by first; 1 but for T5 with tied embeddings
 */
public record LinearOutput(FrozenLinear layer, float scale) implements TokenOutput {

  @Override
  public int vocabulary() {
    return (int) layer.weight().size(0);
  }

  @Override
  public void forward(Pass pass, INDArray hidden, INDArray logits) {
    INDArray x = hidden;
    if (scale != 1) {
      x = pass.buffer("output.scaled", hidden.shape()).assign(hidden);
      pass.kernels().scale(scale, x);
    }
    pass.kernels().linear(x, List.of(layer), List.of(logits));
  }

  @Override
  public void backward(Pass pass, INDArray hidden, INDArray dLogits, INDArray dHidden) {
    pass.kernels().linearInputGradient(List.of(dLogits), List.of(layer), false, dHidden);
    if (scale != 1) {
      pass.kernels().scale(scale, dHidden);
    }
  }
}
