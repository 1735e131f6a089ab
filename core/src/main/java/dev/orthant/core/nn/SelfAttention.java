package dev.orthant.core.nn;

import dev.orthant.core.kernel.AttentionForm;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.Rotation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Attention of a layer to its own rows, with its linear layers.
 *
 * @param layer the index of the layer
 * @param form with grouped queries, causal and so on
 * @param projections of queries, keys and values, or one whose columns are all three
 * @param output [hidden, heads * width]
 * @param rotation of queries and keys, or null for none
 * @param queryNorm of every head of the queries, before the rotation; null for none
 * @param keyNorm of every head of the keys, before the rotation; null for none
 */
public record SelfAttention(
    int layer,
    AttentionForm form,
    List<Linear> projections,
    Linear output,
    @Nullable Rotation rotation,
    @Nullable Norm queryNorm,
    @Nullable Norm keyNorm) {

  /** Copies the list; refuses anything but one or three projections. */
  public SelfAttention {
    projections = List.copyOf(projections);
    if (projections.size() != 1 && projections.size() != 3) {
      throw new IllegalArgumentException(
          "attention has one projection or three, was given " + projections.size());
    }
  }

  /** The linear layers, in the order of the forward pass. */
  List<Linear> linears() {
    List<Linear> all = new ArrayList<>(projections);
    all.add(output);
    return all;
  }

  SelfAttention with(UnaryOperator<Linear> change) {
    return new SelfAttention(
        layer,
        form,
        projections.stream().map(change).toList(),
        change.apply(output),
        rotation,
        queryNorm,
        keyNorm);
  }

  /**
   * The activations.
   *
   * @param projected what the projections give, before normalisation and rotation; the same arrays
   *     as the next three unless heads are normalised or the projections are one
   * @param query [tokens, heads * width]
   * @param key [tokens, keyHeads * width]
   * @param value [tokens, keyHeads * width]
   * @param queryStats [tokens * heads, 1], of the normalisation of heads
   * @param keyStats [tokens * keyHeads, 1], of the normalisation of heads
   * @param context [tokens, heads * width], what attention gives
   */
  record Saved(
      List<INDArray> projected,
      INDArray query,
      INDArray key,
      INDArray value,
      @Nullable INDArray queryStats,
      @Nullable INDArray keyStats,
      INDArray context) {}

  /**
   * The buffers for the activations.
   *
   * @param own the beginning of the names of those that the backward pass needs
   * @param shared the beginning of the names of the others
   */
  Saved saved(Pass pass, int tokens, String own, String shared) {
    int keys = keyWidth();
    INDArray query = pass.buffer(own + "query", tokens, queryWidth());
    INDArray key = pass.buffer(own + "key", tokens, keys);
    INDArray value = pass.buffer(own + "value", tokens, keys);
    List<INDArray> projected;
    if (projections.size() == 1) {
      projected = List.of(pass.buffer("layer.projected", tokens, queryWidth() + 2L * keys));
    } else {
      projected =
          List.of(
              queryNorm == null ? query : pass.buffer(own + "raw_query", tokens, queryWidth()),
              keyNorm == null ? key : pass.buffer(own + "raw_key", tokens, keys),
              value);
    }
    boolean keepContext = pass.adapters().of(output.site().module()) != null;
    return new Saved(
        projected,
        query,
        key,
        value,
        queryNorm == null ? null : stats(pass, own + "query_stats", query),
        keyNorm == null ? null : stats(pass, own + "key_stats", key),
        pass.buffer((keepContext ? own : shared) + "context", tokens, queryWidth()));
  }

  private INDArray stats(Pass pass, String name, INDArray x) {
    return pass.buffer(name, x.length() / width(), 1);
  }

  /** {@code out = output(attention(projections(x)))}. */
  void forward(Pass pass, Placement place, INDArray x, Saved saved, INDArray out) {
    Kernels kernels = pass.kernels();
    Linear.forward(pass, x, projections, saved.projected);
    if (projections.size() == 1) {
      kernels.splitColumns(saved.projected.get(0), List.of(saved.query, saved.key, saved.value));
    }
    if (queryNorm != null && saved.queryStats != null) {
      normalise(kernels, queryNorm, saved.projected.get(0), saved.queryStats, saved.query);
    }
    if (keyNorm != null && saved.keyStats != null) {
      normalise(kernels, keyNorm, saved.projected.get(1), saved.keyStats, saved.key);
    }
    if (rotation != null) {
      kernels.rotate(saved.query, rotation, place.positions(), false);
      kernels.rotate(saved.key, rotation, place.positions(), false);
    }
    attend(pass, place, saved);
    output.forward(pass, saved.context, out);
  }

  private void attend(Pass pass, Placement place, Saved saved) {
    int[] offsets = place.offsets();
    KeyValueCache cache = place.cache();
    if (cache == null) {
      pass.kernels()
          .attention(form, saved.query, offsets, saved.key, saved.value, offsets, saved.context);
    } else {
      KeyValueCache.All all = cache.append(pass, layer, offsets, saved.key, saved.value);
      pass.kernels()
          .attention(
              form, saved.query, offsets, all.keys(), all.values(), all.offsets(), saved.context);
    }
  }

  /**
   * @param x [tokens, hidden], as in the forward pass
   * @param dOut [tokens, hidden]
   * @param dx [tokens, hidden], overwritten unless nothing below is trained
   */
  void backward(
      Pass pass, Placement place, INDArray x, Saved saved, INDArray dOut, INDArray dx, int lowest) {
    Kernels kernels = pass.kernels();
    INDArray dContext = pass.buffer("gradient.context", saved.context.shape());
    output.backward(pass, saved.context, dOut, false, dContext, lowest < output.depth());
    if (lowest == output.depth()) {
      return;
    }
    INDArray dq = pass.buffer("gradient.query", saved.query.shape());
    INDArray dk = pass.buffer("gradient.key", saved.key.shape());
    INDArray dv = pass.buffer("gradient.value", saved.value.shape());
    int[] offsets = place.offsets();
    kernels.attentionGradient(
        form, saved.query, offsets, saved.key, saved.value, offsets, dContext, dq, dk, dv);
    if (rotation != null) {
      kernels.rotate(dq, rotation, place.positions(), true);
      kernels.rotate(dk, rotation, place.positions(), true);
    }
    if (queryNorm != null && saved.queryStats != null) {
      normalisedGradient(kernels, queryNorm, saved.projected.get(0), saved.queryStats, dq);
    }
    if (keyNorm != null && saved.keyStats != null) {
      normalisedGradient(kernels, keyNorm, saved.projected.get(1), saved.keyStats, dk);
    }
    List<INDArray> gradients = List.of(dq, dk, dv);
    if (projections.size() == 1) {
      INDArray joined = pass.buffer("gradient.projected", saved.projected.get(0).shape());
      kernels.joinColumns(gradients, joined);
      gradients = List.of(joined);
    }
    Linear.backward(
        pass, x, gradients, projections, false, dx, lowest < projections.get(0).depth());
  }

  private void normalise(Kernels kernels, Norm norm, INDArray raw, INDArray stats, INDArray y) {
    norm.forward(kernels, heads(raw), null, stats, heads(y));
  }

  private void normalisedGradient(
      Kernels kernels, Norm norm, INDArray raw, INDArray stats, INDArray gradient) {
    INDArray rows = heads(gradient);
    norm.backward(kernels, rows, heads(raw), stats, rows);
  }

  /** The same memory with a row for each head. */
  private INDArray heads(INDArray x) {
    return x.reshape('c', x.length() / width(), width());
  }

  private int width() {
    return output.site().dIn() / form.heads();
  }

  private int queryWidth() {
    return output.site().dIn();
  }

  private int keyWidth() {
    return form.keyHeads() * width();
  }
}
