package dev.orthant.core.nn;

import dev.orthant.core.kernel.Activation;
import dev.orthant.core.kernel.AttentionForm;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.text.Batch;
import java.util.List;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One post-norm transformer layer, on packed rows:
 *
 * <pre>
 * h = layerNorm(x + attentionOutput(attention(query(x), key(x), value(x))))
 * y = layerNorm(h + output(activation(intermediate(h))))
 * </pre>
 */
record BertLayer(
    int index,
    AttentionForm attention,
    Activation activation,
    Linear query,
    Linear key,
    Linear value,
    Linear attentionOutput,
    LayerNorm attentionNorm,
    Linear intermediate,
    Linear output,
    LayerNorm outputNorm) {

  /** The linear layers, in the order of the forward pass. */
  List<Linear> linears() {
    return List.of(query, key, value, attentionOutput, intermediate, output);
  }

  /** The same layer with other linear layers. */
  BertLayer with(UnaryOperator<Linear> change) {
    return new BertLayer(
        index,
        attention,
        activation,
        change.apply(query),
        change.apply(key),
        change.apply(value),
        change.apply(attentionOutput),
        attentionNorm,
        change.apply(intermediate),
        change.apply(output),
        outputNorm);
  }

  /**
   * @param x [tokens, hidden]
   * @param saved where what the backward pass needs is kept
   * @return y [tokens, hidden], a buffer
   */
  INDArray forward(Pass pass, Batch batch, INDArray x, Saved saved) {
    Kernels kernels = pass.kernels();
    Linear.forward(
        pass, x, List.of(query, key, value), List.of(saved.query(), saved.key(), saved.value()));
    kernels.attention(
        attention,
        saved.query(),
        batch.offsets(),
        saved.key(),
        saved.value(),
        batch.offsets(),
        saved.context());
    normalise(
        pass,
        attentionOutput,
        saved.context(),
        x,
        attentionNorm,
        saved.attentionSum(),
        saved.attentionStats(),
        saved.h());
    activate(pass, saved);
    normalise(
        pass,
        output,
        saved.activated(),
        saved.h(),
        outputNorm,
        saved.outputSum(),
        saved.outputStats(),
        saved.y());
    return saved.y();
  }

  /** {@code activated = activation(intermediate(h))}, together if no adapter comes between. */
  private void activate(Pass pass, Saved saved) {
    if (intermediate.isAdapted(pass)) {
      intermediate.forward(pass, saved.h(), saved.inner());
      pass.kernels().activate(activation, saved.inner(), saved.activated());
      return;
    }
    pass.heard(intermediate.site().module(), saved.h());
    pass.kernels()
        .linearActivation(
            saved.h(), intermediate.layer(), activation, saved.inner(), saved.activated());
  }

  /** {@code y = norm(residual + linear(x))}, together if no adapter comes between. */
  private static void normalise(
      Pass pass,
      Linear linear,
      INDArray x,
      INDArray residual,
      LayerNorm norm,
      INDArray sum,
      INDArray stats,
      INDArray y) {
    Kernels kernels = pass.kernels();
    if (linear.isAdapted(pass)) {
      linear.forward(pass, x, sum);
      kernels.layerNorm(sum, residual, norm.gamma(), norm.beta(), norm.eps(), stats, y);
      return;
    }
    pass.heard(linear.site().module(), x);
    kernels.linearLayerNorm(
        x, linear.layer(), residual, norm.gamma(), norm.beta(), norm.eps(), sum, stats, y);
  }

  /**
   * @param x [tokens, hidden], as in the forward pass
   * @param dy [tokens, hidden]
   * @param lowest the depth of the lowest adapter that is trained; nothing is computed below it
   * @return dx [tokens, hidden], a buffer; meaningless if the lowest adapter is in this layer
   */
  INDArray backward(Pass pass, Batch batch, INDArray x, Saved saved, INDArray dy, int lowest) {
    Kernels kernels = pass.kernels();
    INDArray dh = pass.buffer("gradient.h", x.shape());
    INDArray dInner = pass.buffer("gradient.inner", saved.inner().shape());
    gradient(kernels, outputNorm, dy, saved.outputSum(), saved.outputStats(), dh);
    if (output.isAdapted(pass)) {
      output.backward(pass, saved.activated(), dh, false, dInner, lowest < output.depth());
      if (lowest == output.depth()) {
        return dh;
      }
      kernels.activationGradient(activation, saved.inner(), dInner, dInner);
    } else {
      kernels.activationLinearGradient(dh, output.layer(), activation, saved.inner(), dInner);
    }
    // dh holds the residual connection's share already
    intermediate.backward(pass, saved.h(), dInner, true, dh, lowest < intermediate.depth());
    if (lowest == intermediate.depth()) {
      return dh;
    }
    INDArray dx = pass.buffer("gradient.x", x.shape());
    INDArray dContext = pass.buffer("gradient.context", x.shape());
    gradient(kernels, attentionNorm, dh, saved.attentionSum(), saved.attentionStats(), dx);
    attentionOutput.backward(
        pass, saved.context(), dx, false, dContext, lowest < attentionOutput.depth());
    if (lowest == attentionOutput.depth()) {
      return dx;
    }
    attentionGradient(pass, batch, x, saved, dContext, dx, lowest < query.depth());
    return dx;
  }

  private void attentionGradient(
      Pass pass, Batch batch, INDArray x, Saved saved, INDArray dContext, INDArray dx, boolean on) {
    INDArray dq = pass.buffer("gradient.query", x.shape());
    INDArray dk = pass.buffer("gradient.key", x.shape());
    INDArray dv = pass.buffer("gradient.value", x.shape());
    pass.kernels()
        .attentionGradient(
            attention,
            saved.query(),
            batch.offsets(),
            saved.key(),
            saved.value(),
            batch.offsets(),
            dContext,
            dq,
            dk,
            dv);
    // dx holds the residual connection's share already
    Linear.backward(pass, x, List.of(dq, dk, dv), List.of(query, key, value), true, dx, on);
  }

  private static void gradient(
      Kernels kernels, LayerNorm norm, INDArray dy, INDArray sum, INDArray stats, INDArray ds) {
    kernels.layerNormGradient(dy, sum, stats, norm.gamma(), ds);
  }

  /**
   * The activations of one layer.
   *
   * @param query [tokens, hidden]
   * @param key [tokens, hidden]
   * @param value [tokens, hidden]
   * @param context [tokens, hidden], what attention gives
   * @param attentionSum [tokens, hidden], input of the first layer normalisation
   * @param attentionStats [tokens, 2]
   * @param h [tokens, hidden]
   * @param inner [tokens, intermediate], input of the activation
   * @param activated [tokens, intermediate]
   * @param outputSum [tokens, hidden], input of the second layer normalisation
   * @param outputStats [tokens, 2]
   * @param y [tokens, hidden]
   */
  record Saved(
      INDArray query,
      INDArray key,
      INDArray value,
      INDArray context,
      INDArray attentionSum,
      INDArray attentionStats,
      INDArray h,
      INDArray inner,
      INDArray activated,
      INDArray outputSum,
      INDArray outputStats,
      INDArray y) {}

  /**
   * The buffers for the activations.
   *
   * @param keep whether a backward pass will need them; if not, or if it computes them again, all
   *     layers share one set
   */
  Saved saved(Pass pass, EncoderConfig config, int tokens, boolean keep) {
    int d = config.hiddenSize();
    String name = "layer." + index + ".";
    String own = keep && !pass.isCheckpointing() ? name : "layer.";
    // The inputs of linear layers are needed only for the gradients of their adapters.
    boolean keepContext = pass.adapters().of(attentionOutput.site().module()) != null;
    boolean keepActivated = pass.adapters().of(output.site().module()) != null;
    return new Saved(
        pass.buffer(own + "query", tokens, d),
        pass.buffer(own + "key", tokens, d),
        pass.buffer(own + "value", tokens, d),
        pass.buffer((keepContext ? own : "layer.") + "context", tokens, d),
        pass.buffer(own + "attention_sum", tokens, d),
        pass.buffer(own + "attention_stats", tokens, 2),
        pass.buffer(own + "h", tokens, d),
        pass.buffer(own + "inner", tokens, config.intermediateSize()),
        pass.buffer(
            (keepActivated ? own : "layer.") + "activated", tokens, config.intermediateSize()),
        pass.buffer(own + "output_sum", tokens, d),
        pass.buffer(own + "output_stats", tokens, 2),
        pass.buffer(keep ? name + "y" : "layer.y" + index % 2, tokens, d));
  }
}
