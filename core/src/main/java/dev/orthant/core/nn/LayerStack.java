package dev.orthant.core.nn;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.Site;
import dev.orthant.core.text.Batch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Embeddings, layers one above the other, and perhaps a normalisation: what most models are. */
public final class LayerStack implements Transformer {

  private static final int NONE = Integer.MAX_VALUE;

  private final Parts parts;
  private final List<Layer<?>> layers;
  private final Map<String, Linear> linears = new LinkedHashMap<>();
  private final List<Linear> own = new ArrayList<>(); // shared with no model it was made from
  private final boolean original;

  /**
   * What a model consists of beside its layers.
   *
   * @param prefix see {@link Transformer#prefix}
   * @param causal whether all layers are causal, so that tokens can be given bit by bit
   * @param finalNorm after the last layer, or null for none
   * @param output the scores of tokens, or null if the model is no language model
   * @param pooler a linear layer beside the stack that heads read, or null for none
   */
  public record Parts(
      ModelSizes sizes,
      String prefix,
      boolean causal,
      Embeddings embeddings,
      @Nullable Norm finalNorm,
      @Nullable TokenOutput output,
      @Nullable Linear pooler,
      Heads heads) {}

  /**
   * @param layers from the lowest on
   */
  public LayerStack(Parts parts, List<? extends Layer<?>> layers) {
    this(parts, List.copyOf(layers), true);
    own.addAll(linears.values());
  }

  private LayerStack(Parts parts, List<Layer<?>> layers, boolean original) {
    this.parts = parts;
    this.layers = layers;
    this.original = original;
    layers.forEach(
        layer -> layer.linears().forEach(linear -> linears.put(linear.site().module(), linear)));
  }

  @Override
  public LayerStack plus(Map<String, ? extends Delta> deltas) {
    deltas.keySet().forEach(this::linear);
    List<Linear> summed = new ArrayList<>();
    List<Layer<?>> changed = new ArrayList<>();
    for (Layer<?> layer : layers) {
      changed.add(
          layer.with(
              linear -> {
                Delta delta = deltas.get(linear.site().module());
                if (delta == null) {
                  return linear;
                }
                summed.add(linear.plus(delta));
                return summed.get(summed.size() - 1);
              }));
    }
    LayerStack sum = new LayerStack(parts, changed, false);
    sum.own.addAll(summed);
    return sum;
  }

  @Override
  public void close() {
    own.forEach(linear -> linear.layer().close());
    if (original && parts.pooler != null) {
      parts.pooler.layer().close();
    }
    if (original && parts.output != null) {
      parts.output.close();
    }
  }

  @Override
  public ModelSizes sizes() {
    return parts.sizes;
  }

  /** The linear layers by module, in the order of the forward pass. */
  Collection<Linear> linears() {
    return linears.values();
  }

  @Override
  public List<Site> sites() {
    return linears.values().stream().map(Linear::site).toList();
  }

  @Override
  public INDArray baseWeights(String module) {
    return linear(module).weight();
  }

  @Override
  public @Nullable INDArray baseBias(String module) {
    return linear(module).layer().bias();
  }

  @Override
  public Heads heads() {
    return parts.heads;
  }

  @Override
  public String prefix() {
    return parts.prefix;
  }

  @Override
  public Optional<TokenOutput> output() {
    return Optional.ofNullable(parts.output);
  }

  @Override
  public INDArray forward(Pass pass, Batch batch) {
    pass.adapters().byModule().keySet().forEach(this::linear);
    return states(pass, batch);
  }

  /** As {@link #forward}, where some adapters may be those of another part of the model. */
  INDArray states(Pass pass, Batch batch) {
    KeyValueCache cache = pass.cache();
    if (cache != null && (!parts.causal || pass.isTraining())) {
      throw new IllegalStateException(
          "keys and values are kept for inference with causal models only");
    }
    sizes().check(batch, cache);
    pass.begins(batch);
    Placement place = Placement.of(batch, cache);
    INDArray x = parts.embeddings.forward(pass, batch, place);
    int lowest = lowestTrained(pass.adapters());
    for (Layer<?> layer : layers) {
      x = forward(pass, place, layer, x, lowest);
    }
    if (cache != null) {
      cache.advance(batch.offsets());
    }
    return parts.finalNorm == null ? x : normalised(pass, parts.finalNorm, x);
  }

  private static INDArray normalised(Pass pass, Norm norm, INDArray x) {
    INDArray y = pass.buffer("final", x.shape());
    norm.forward(pass.kernels(), x, null, finalStats(pass, norm, x), y);
    return y;
  }

  private static INDArray finalStats(Pass pass, Norm norm, INDArray x) {
    return pass.buffer("final.stats", x.size(0), norm.statistics());
  }

  private static <S> INDArray forward(
      Pass pass, Placement place, Layer<S> layer, INDArray x, int lowest) {
    S saved = pass.saved(layer, place.positions().length, keeps(pass, layer, lowest));
    layer.forward(pass, place, x, saved);
    return layer.output(saved);
  }

  @Override
  public void backward(Pass pass, Batch batch, INDArray dHidden) {
    if (!pass.isTraining()) {
      throw new IllegalStateException("a backward pass needs a pass in training mode");
    }
    int lowest = lowestTrained(pass.adapters());
    if (lowest == NONE) {
      return;
    }
    Placement place = Placement.of(batch, null);
    INDArray dy = dHidden;
    if (parts.finalNorm != null) {
      INDArray x = input(pass, layers.size(), batch.tokens(), lowest);
      dy = pass.buffer("gradient.final", x.shape());
      parts.finalNorm.backward(
          pass.kernels(), dHidden, x, finalStats(pass, parts.finalNorm, x), dy);
    }
    for (int i = layers.size() - 1; i >= 0 && keeps(pass, layers.get(i), lowest); i--) {
      INDArray x = input(pass, i, batch.tokens(), lowest);
      dy = backward(pass, place, layers.get(i), x, dy, lowest, i < layers.size() - 1);
    }
  }

  private static <S> INDArray backward(
      Pass pass,
      Placement place,
      Layer<S> layer,
      INDArray x,
      INDArray dy,
      int lowest,
      boolean overwritten) {
    S saved = pass.saved(layer, place.positions().length, true);
    if (pass.isCheckpointing() && overwritten) { // the last layer's are still there
      layer.forward(pass, place, x, saved);
    }
    return layer.backward(pass, place, x, saved, dy, lowest);
  }

  @Override
  public boolean trains(AdapterSet adapters) {
    return lowestTrained(adapters) != NONE;
  }

  /** The input of a layer in the forward pass. */
  private INDArray input(Pass pass, int layer, int tokens, int lowest) {
    return layer == 0
        ? parts.embeddings.buffer(pass, tokens)
        : output(pass, layers.get(layer - 1), tokens, lowest);
  }

  private static <S> INDArray output(Pass pass, Layer<S> layer, int tokens, int lowest) {
    return layer.output(pass.saved(layer, tokens, keeps(pass, layer, lowest)));
  }

  private static boolean keeps(Pass pass, Layer<?> layer, int lowest) {
    return pass.isTraining() && layer.depth() >= lowest;
  }

  private int lowestTrained(AdapterSet adapters) {
    int lowest = NONE;
    for (Linear linear : linears.values()) {
      if (adapters.trains(linear.site().module())) {
        lowest = Math.min(lowest, linear.depth());
      }
    }
    return lowest;
  }

  private Linear linear(String module) {
    Linear linear = linears.get(module);
    if (linear == null) {
      throw new IllegalArgumentException(
          "the model has no linear layer '%s'; its first is '%s'"
              .formatted(module, linears.keySet().iterator().next()));
    }
    return linear;
  }
}
