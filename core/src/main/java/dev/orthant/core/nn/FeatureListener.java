package dev.orthant.core.nn;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Is shown what a model feeds its linear layers. */
@FunctionalInterface
public interface FeatureListener {

  /**
   * The input of one linear layer.
   *
   * @param module the module path in the checkpoint
   * @param x [tokens, dIn], valid only during the call and not to be modified
   */
  void input(String module, INDArray x);
}
