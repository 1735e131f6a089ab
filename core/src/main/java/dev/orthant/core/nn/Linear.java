package dev.orthant.core.nn;

import dev.orthant.core.kernel.FrozenLinear;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.ShapeMismatchException;
import dev.orthant.core.spi.Site;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A frozen linear layer and, if the pass has one for it, its adapter.
 *
 * @param site module path and shape
 * @param depth its place in the order of the forward pass; layers of one depth have the same input
 * @param layer [dOut, dIn]
 */
public record Linear(Site site, int depth, FrozenLinear layer) {

  /** The frozen weights, [dOut, dIn]. */
  INDArray weight() {
    return layer.weight();
  }

  /** The same layer with a delta added to its weight, which is then in single precision. */
  Linear plus(Delta delta) {
    INDArray change = delta.dense();
    long[] shape = {site.dOut(), site.dIn()};
    if (!Arrays.equals(change.shape(), shape)) {
      throw new ShapeMismatchException(site.module(), shape, change.shape());
    }
    INDArray base = weight();
    change.addi(base);
    if (layer.isHalf()) {
      base.close(); // it was widened for this
    }
    return new Linear(site, depth, layer.withWeight(change));
  }

  /** {@link #forward} of layers that have the same input. */
  static void forward(Pass pass, INDArray x, List<Linear> layers, List<INDArray> ys) {
    layers.forEach(linear -> pass.heard(linear.site.module(), x));
    pass.kernels().linear(x, frozen(layers), ys);
    for (int i = 0; i < ys.size(); i++) {
      String module = layers.get(i).site.module();
      Adapter adapter = pass.adapters().of(module);
      if (adapter != null) {
        adapter.forward(pass.context(module), x, ys.get(i), ys.get(i));
      }
    }
  }

  private static List<FrozenLinear> frozen(List<Linear> layers) {
    List<FrozenLinear> frozen = new ArrayList<>(layers.size());
    for (Linear linear : layers) {
      frozen.add(linear.layer);
    }
    return frozen;
  }

  /** {@link #backward} of layers that have the same input. */
  static void backward(
      Pass pass,
      INDArray x,
      List<INDArray> dys,
      List<Linear> layers,
      boolean accumulate,
      INDArray dx,
      boolean needsInput) {
    List<INDArray> baseDys = baseGradients(pass, dys, layers);
    if (needsInput) {
      pass.kernels().linearInputGradient(baseDys, frozen(layers), accumulate, dx);
    }
    for (int i = 0; i < dys.size(); i++) {
      String module = layers.get(i).site.module();
      Adapter adapter = pass.adapters().of(module);
      if (adapter != null) {
        adapter.backward(pass.context(module), x, dys.get(i), dx, needsInput);
      }
    }
  }

  /** The gradients of what the frozen layers give, before adapters. */
  private static List<INDArray> baseGradients(Pass pass, List<INDArray> dys, List<Linear> layers) {
    List<INDArray> gradients = new ArrayList<>(dys);
    for (int i = 0; i < dys.size(); i++) {
      String module = layers.get(i).site.module();
      Adapter adapter = pass.adapters().of(module);
      if (adapter != null) {
        gradients.set(i, adapter.baseGradient(pass.context(module), dys.get(i)));
      }
    }
    return gradients;
  }

  /** Whether a pass has an adapter for this layer. */
  boolean isAdapted(Pass pass) {
    return pass.adapters().of(site.module()) != null;
  }

  /**
   * {@code y = x weight' + bias}, adapted.
   *
   * @param x [n, dIn]
   * @param y [n, dOut], overwritten
   */
  void forward(Pass pass, INDArray x, INDArray y) {
    forward(pass, x, List.of(this), List.of(y));
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
    backward(pass, x, List.of(dy), List.of(this), accumulate, dx, needsInput);
  }
}
