package dev.orthant.core.spi;

import dev.orthant.core.lowrank.Delta;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One adapted weight matrix.
 *
 * <p>With n the number of tokens in a batch, an adapter turns the base layer's product into the
 * adapted one and adds its share to the gradients. It must not keep anything of a pass in its own
 * fields; {@link AdapterContext#scratch} is for that.
 */
public interface Adapter {

  /** Everything that is saved and loaded, in a stable order, trainable or not. */
  List<Parameter> parameters();

  /**
   * Computes the adapted product.
   *
   * @param x [n, dIn], the input of the layer
   * @param base [n, dOut], what the frozen layer makes of it, bias included
   * @param y [n, dOut], overwritten by the adapted product; may be {@code base} itself
   */
  void forward(AdapterContext context, INDArray x, INDArray base, INDArray y);

  /**
   * The gradient of {@code base}, given that of the adapted product: what the frozen layer's own
   * gradient is computed from. The same for an adapter that only adds to the product, which is what
   * is assumed; one that rescales it (DoRA) says how. Called once after each {@link #forward} and
   * before {@link #backward}, with the same context.
   *
   * @param dy [n, dOut], gradient of the adapted product
   * @return [n, dOut]: {@code dy} itself, or an array of the context that stays as it is until
   *     {@link #backward} is done
   */
  default INDArray baseGradient(AdapterContext context, INDArray dy) {
    return dy;
  }

  /**
   * Adds the adapter's share to the gradient of the input and to its parameters' gradients. Called
   * after {@link #forward} and {@link #baseGradient} with the same context and the same x. A
   * parameter that is not trainable gets no gradient.
   *
   * @param x [n, dIn]
   * @param dy [n, dOut], gradient of the adapted product
   * @param dx [n, dIn], holds the frozen layer's share; the adapter's is added
   * @param needsInputGradient whether anything below wants {@code dx}; when false it is not touched
   */
  void backward(
      AdapterContext context, INDArray x, INDArray dy, INDArray dx, boolean needsInputGradient);

  /** What the adapter adds to the base weights: the exact low-rank form if there is one. */
  Delta delta();

  /** What it writes into a PEFT adapter folder. */
  AdapterExport export();
}
