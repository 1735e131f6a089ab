package dev.orthant.core.nn;

import dev.orthant.core.kernel.Activation;
import dev.orthant.core.kernel.Kernels;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code y = down(f(gate(x)) * up(x))}, or without a gate {@code y = down(f(up(x)))}.
 *
 * @param gate [inner, hidden], or null for none
 * @param up [inner, hidden]
 * @param down [hidden, inner]
 */
public record FeedForward(Activation activation, @Nullable Linear gate, Linear up, Linear down) {

  /** The linear layers, in the order of the forward pass. */
  List<Linear> linears() {
    return Stream.concat(first().stream(), Stream.of(down)).toList();
  }

  /** The linear layers that read x. */
  private List<Linear> first() {
    return gate == null ? List.of(up) : List.of(gate, up);
  }

  FeedForward with(UnaryOperator<Linear> change) {
    return new FeedForward(
        activation, gate == null ? null : change.apply(gate), change.apply(up), change.apply(down));
  }

  /**
   * The activations.
   *
   * @param first [tokens, inner] of each of the linear layers that read x
   * @param activated [tokens, inner], input of the last linear layer
   */
  record Saved(List<INDArray> first, INDArray activated) {}

  /** As {@link SelfAttention#saved}. */
  Saved saved(Pass pass, int tokens, String own, String shared) {
    int inner = up.site().dOut();
    INDArray ups = pass.buffer(own + "up", tokens, inner);
    boolean keepActivated = pass.adapters().of(down.site().module()) != null;
    return new Saved(
        gate == null ? List.of(ups) : List.of(pass.buffer(own + "gate", tokens, inner), ups),
        pass.buffer((keepActivated ? own : shared) + "activated", tokens, inner));
  }

  /**
   * @param x [tokens, hidden]
   * @param y [tokens, hidden], overwritten
   */
  void forward(Pass pass, INDArray x, Saved saved, INDArray y) {
    List<INDArray> inner = saved.first;
    if (gate != null) {
      Linear.forward(pass, x, first(), inner);
      pass.kernels().gate(activation, inner.get(0), inner.get(1), saved.activated);
    } else if (up.isAdapted(pass)) {
      up.forward(pass, x, inner.get(0));
      pass.kernels().activate(activation, inner.get(0), saved.activated);
    } else {
      pass.heard(up.site().module(), x);
      pass.kernels().linearActivation(x, up.layer(), activation, inner.get(0), saved.activated);
    }
    down.forward(pass, saved.activated, y);
  }

  /**
   * @param x [tokens, hidden], as in the forward pass
   * @param dy [tokens, hidden]
   * @param dx [tokens, hidden], overwritten unless nothing below is trained
   */
  void backward(Pass pass, INDArray x, Saved saved, INDArray dy, INDArray dx, int lowest) {
    Kernels kernels = pass.kernels();
    INDArray dActivated = pass.buffer("gradient.activated", saved.activated.shape());
    down.backward(pass, saved.activated, dy, false, dActivated, lowest < down.depth());
    if (lowest == down.depth()) {
      return;
    }
    List<INDArray> gradients;
    if (gate == null) {
      kernels.activationGradient(activation, saved.first.get(0), dActivated, dActivated);
      gradients = List.of(dActivated);
    } else {
      INDArray dGate = pass.buffer("gradient.gate", saved.activated.shape());
      kernels.gateGradient(
          activation, saved.first.get(0), saved.first.get(1), dActivated, dGate, dActivated);
      gradients = List.of(dGate, dActivated);
    }
    Linear.backward(pass, x, gradients, first(), false, dx, lowest < up.depth());
  }
}
