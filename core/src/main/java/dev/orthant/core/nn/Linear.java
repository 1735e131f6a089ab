package dev.orthant.core.nn;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.ShapeMismatchException;
import dev.orthant.core.spi.Site;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A frozen linear layer and, if the pass has one for it, its adapter.
 *
 * @param site module path and shape
 * @param depth its place in the order of the forward pass; layers of one depth have the same input
 * @param weight [dOut, dIn]
 * @param bias [dOut]
 */
record Linear(Site site, int depth, INDArray weight, INDArray bias) {

  /** The same layer with a delta added to its weight. */
  Linear plus(Delta delta) {
    INDArray change = delta.dense();
    if (!Arrays.equals(change.shape(), weight.shape())) {
      throw new ShapeMismatchException(site.module(), weight.shape(), change.shape());
    }
    return new Linear(site, depth, change.addi(weight), bias);
  }

  /**
   * {@code y = x weight' + bias}, adapted.
   *
   * @param x [n, dIn]
   * @param y [n, dOut], overwritten
   */
  void forward(Pass pass, INDArray x, INDArray y) {
    pass.heard(site.module(), x);
    pass.kernels().linear(x, weight, bias, y);
    Adapter adapter = pass.adapters().of(site.module());
    if (adapter != null) {
      adapter.forward(pass.context(site.module()), x, y, y);
    }
  }

  /**
   * Adds to the gradients of the adapter and, unless nothing below wants it, gives that of the
   * input.
   *
   * @param x [n, dIn], as in the forward pass
   * @param dy [n, dOut]
   * @param accumulate whether to add to dx instead of overwriting it
   * @param dx [n, dIn]; not touched unless needed
   */
  void backward(
      Pass pass, INDArray x, INDArray dy, boolean accumulate, INDArray dx, boolean needsInput) {
    if (needsInput) {
      pass.kernels().linearInputGradient(dy, weight, accumulate, dx);
    }
    Adapter adapter = pass.adapters().of(site.module());
    if (adapter != null) {
      adapter.backward(pass.context(site.module()), x, dy, dx, needsInput);
    }
  }
}
