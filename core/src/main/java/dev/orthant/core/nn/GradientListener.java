package dev.orthant.core.nn;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Is shown what the gradient of a linear layer's weights is made of: {@code dW = dy' x}. */
@FunctionalInterface
public interface GradientListener {

  /**
   * One layer in a backward pass.
   *
   * @param module the module path in the checkpoint
   * @param x [tokens, dIn], the layer's input; valid only during the call and not to be modified
   * @param dy [tokens, dOut], the gradient of its output; likewise
   */
  void gradient(String module, INDArray x, INDArray dy);
}
