package dev.orthant.core.nn;

import java.util.List;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One layer of a {@link LayerStack}, on packed rows.
 *
 * @param <S> where the activations of a pass are kept that its backward pass needs
 */
public interface Layer<S> {

  /** The linear layers, in the order of the forward pass; the depth of the last is the largest. */
  List<Linear> linears();

  /** The same layer with other linear layers. */
  Layer<S> with(UnaryOperator<Linear> change);

  /**
   * The buffers for the activations.
   *
   * @param keep whether a backward pass will need them; if not, or if it computes them again, all
   *     layers share one set, but for the outputs
   */
  S saved(Pass pass, int tokens, boolean keep);

  /** The output among the activations, [tokens, hidden]. */
  INDArray output(S saved);

  /**
   * @param x [tokens, hidden]; not modified
   * @param saved filled with the activations, the output among them
   */
  void forward(Pass pass, Placement place, INDArray x, S saved);

  /**
   * Adds to the gradients of the adapters.
   *
   * @param x [tokens, hidden], as in the forward pass
   * @param dy [tokens, hidden], not modified before the result is written
   * @param lowest the depth of the lowest adapter that is trained; nothing is computed below it
   * @return dx [tokens, hidden], a buffer; meaningless if the lowest adapter is in this layer
   */
  INDArray backward(Pass pass, Placement place, INDArray x, S saved, INDArray dy, int lowest);

  /** The depth of the last linear layer. */
  default int depth() {
    return linears().get(linears().size() - 1).depth();
  }
}
