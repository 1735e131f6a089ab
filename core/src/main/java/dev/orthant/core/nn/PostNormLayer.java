package dev.orthant.core.nn;

import dev.orthant.core.kernel.Activation;
import dev.orthant.core.kernel.AttentionForm;
import dev.orthant.core.kernel.Kernels;
import java.util.List;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One layer of an encoder that normalises after its parts, as BERT does:
 *
 * <pre>
 * h = layerNorm(x + attentionOutput(attention(query(x), key(x), value(x))))
 * y = layerNorm(h + output(activation(intermediate(h))))
 * </pre>
 */
public record PostNormLayer(
    int index,
    AttentionForm attention,
    Activation activation,
    Linear query,
    Linear key,
    Linear value,
    Linear attentionOutput,
    Norm attentionNorm,
    Linear intermediate,
    Linear output,
    Norm outputNorm)
    implements Layer<PostNormLayer.Saved> {

  @Override
  public List<Linear> linears() {
    return List.of(query, key, value, attentionOutput, intermediate, output);
  }

  @Override
  public PostNormLayer with(UnaryOperator<Linear> change) {
    return new PostNormLayer(
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

  @Override
  public void forward(Pass pass, Placement place, INDArray x, Saved saved) {
    Kernels kernels = pass.kernels();
    Linear.forward(
        pass, x, List.of(query, key, value), List.of(saved.query(), saved.key(), saved.value()));
    kernels.attention(
        attention,
        saved.query(),
        place.offsets(),
        saved.key(),
        saved.value(),
        place.offsets(),
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
      Norm norm,
      INDArray sum,
      INDArray stats,
      INDArray y) {
    Kernels kernels = pass.kernels();
    INDArray beta = norm.beta();
    if (beta == null || linear.isAdapted(pass)) {
      linear.forward(pass, x, sum);
      norm.forward(kernels, sum, residual, stats, y);
      return;
    }
    pass.heard(linear.site().module(), x);
    kernels.linearLayerNorm(
        x, linear.layer(), residual, norm.gamma(), beta, norm.eps(), sum, stats, y);
  }

  @Override
  public INDArray backward(
      Pass pass, Placement place, INDArray x, Saved saved, INDArray dy, int lowest) {
    Kernels kernels = pass.kernels();
    INDArray dh = pass.buffer("gradient.h", x.shape());
    INDArray dInner = pass.buffer("gradient.inner", saved.inner().shape());
    outputNorm.backward(kernels, dy, saved.outputSum(), saved.outputStats(), dh);
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
    attentionNorm.backward(kernels, dh, saved.attentionSum(), saved.attentionStats(), dx);
    attentionOutput.backward(
        pass, saved.context(), dx, false, dContext, lowest < attentionOutput.depth());
    if (lowest == attentionOutput.depth()) {
      return dx;
    }
    attentionGradient(pass, place, x, saved, dContext, dx, lowest < query.depth());
    return dx;
  }

  private void attentionGradient(
      Pass pass,
      Placement place,
      INDArray x,
      Saved saved,
      INDArray dContext,
      INDArray dx,
      boolean on) {
    INDArray dq = pass.buffer("gradient.query", x.shape());
    INDArray dk = pass.buffer("gradient.key", x.shape());
    INDArray dv = pass.buffer("gradient.value", x.shape());
    pass.kernels()
        .attentionGradient(
            attention,
            saved.query(),
            place.offsets(),
            saved.key(),
            saved.value(),
            place.offsets(),
            dContext,
            dq,
            dk,
            dv);
    // dx holds the residual connection's share already
    Linear.backward(pass, x, List.of(dq, dk, dv), List.of(query, key, value), true, dx, on);
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
  public record Saved(
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

  @Override
  public INDArray output(Saved saved) {
    return saved.y();
  }

  @Override
  public Saved saved(Pass pass, int tokens, boolean keep) {
    int d = query.site().dIn();
    int inner = intermediate.site().dOut();
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
        pass.buffer(own + "inner", tokens, inner),
        pass.buffer((keepActivated ? own : "layer.") + "activated", tokens, inner),
        pass.buffer(own + "output_sum", tokens, d),
        pass.buffer(own + "output_stats", tokens, 2),
        pass.buffer(keep ? name + "y" : "layer.y" + index % 2, tokens, d));
  }
}
