package dev.orthant.core.nn;

import dev.orthant.core.kernel.AttentionForm;
import java.util.List;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Attention of a decoder's layer to the states of an encoder. Keys and values do not depend on the
 * decoder: {@link EncoderDecoder} computes those of all layers before it runs the decoder.
 *
 * @param layer the place of the layer in the decoder
 * @param query [heads * width, hidden]
 * @param key [heads * width, hidden], of the encoder's states
 * @param value [heads * width, hidden], of the encoder's states
 * @param output [hidden, heads * width]
 */
public record CrossAttention(
    int layer, AttentionForm form, Linear query, Linear key, Linear value, Linear output) {

  /** The linear layers that read the decoder's states, in the order of the forward pass. */
  List<Linear> linears() {
    return List.of(query, output);
  }

  CrossAttention with(UnaryOperator<Linear> change) {
    return new CrossAttention(
        layer,
        form,
        change.apply(query),
        change.apply(key),
        change.apply(value),
        change.apply(output));
  }

  /** Where {@link EncoderDecoder} puts the keys, [source tokens, heads * width]. */
  INDArray keys(Pass pass, int sourceTokens) {
    return source(pass, "source.keys.", sourceTokens);
  }

  /** Where {@link EncoderDecoder} puts the values, [source tokens, heads * width]. */
  INDArray values(Pass pass, int sourceTokens) {
    return source(pass, "source.values.", sourceTokens);
  }

  /** Where the backward pass leaves the gradient of the keys. */
  INDArray keyGradients(Pass pass, int sourceTokens) {
    return source(pass, "source.key_gradients.", sourceTokens);
  }

  /** Where the backward pass leaves the gradient of the values. */
  INDArray valueGradients(Pass pass, int sourceTokens) {
    return source(pass, "source.value_gradients.", sourceTokens);
  }

  private INDArray source(Pass pass, String name, int sourceTokens) {
    return pass.buffer(name + layer, sourceTokens, key.site().dOut());
  }

  /**
   * The activations.
   *
   * @param query [tokens, heads * width]
   * @param context [tokens, heads * width], what attention gives
   */
  record Saved(INDArray query, INDArray context) {}

  /** As {@link SelfAttention#saved}. */
  Saved saved(Pass pass, int tokens, String own, String shared) {
    int width = output.site().dIn();
    boolean keepContext = output.isAdapted(pass);
    return new Saved(
        pass.buffer(own + "cross_query", tokens, width),
        pass.buffer((keepContext ? own : shared) + "cross_context", tokens, width));
  }

  /** {@code out = output(attention(query(x), keys, values))}. */
  void forward(Pass pass, Placement place, INDArray x, Saved saved, INDArray out) {
    query.forward(pass, x, saved.query);
    KeyValueCache cache = place.cache();
    if (cache == null) {
      int[] source = place.source();
      int tokens = source[source.length - 1];
      attend(pass, place, saved, keys(pass, tokens), values(pass, tokens), source);
    } else {
      KeyValueCache.All known = cache.source().all(pass, layer);
      attend(pass, place, saved, known.keys(), known.values(), known.offsets());
    }
    output.forward(pass, saved.context, out);
  }

  private void attend(
      Pass pass, Placement place, Saved saved, INDArray keys, INDArray values, int[] source) {
    pass.kernels()
        .attention(form, saved.query, place.offsets(), keys, values, source, saved.context);
  }

  /**
   * @param x [tokens, hidden], as in the forward pass
   * @param dOut [tokens, hidden]
   * @param dx [tokens, hidden], overwritten unless nothing below is trained
   */
  void backward(
      Pass pass, Placement place, INDArray x, Saved saved, INDArray dOut, INDArray dx, int lowest) {
    INDArray dContext = pass.buffer("gradient.context", saved.context.shape());
    output.backward(pass, saved.context, dOut, false, dContext, lowest < output.depth());
    if (lowest == output.depth()) {
      return;
    }
    int[] source = place.source();
    int tokens = source[source.length - 1];
    INDArray dq = pass.buffer("gradient.query", saved.query.shape());
    pass.kernels()
        .attentionGradient(
            form,
            saved.query,
            place.offsets(),
            keys(pass, tokens),
            values(pass, tokens),
            source,
            dContext,
            dq,
            keyGradients(pass, tokens),
            valueGradients(pass, tokens));
    query.backward(pass, x, dq, false, dx, lowest < query.depth());
  }
}
