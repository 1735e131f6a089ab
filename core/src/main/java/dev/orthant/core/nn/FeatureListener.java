package dev.orthant.core.nn;

import dev.orthant.core.text.Batch;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Is shown what a model feeds its linear layers. */
@FunctionalInterface
public interface FeatureListener {

  /**
   * A pass over a batch begins; what follows is of its sequences, one after the other.
   *
   * @param batch the batch
   */
  default void begin(Batch batch) {}

  /**
   * The input of one linear layer.
   *
   * @param module the module path in the checkpoint
   * @param x [tokens, dIn], valid only during the call and not to be modified
   */
  void input(String module, INDArray x);
}
