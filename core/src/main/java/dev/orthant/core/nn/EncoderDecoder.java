package dev.orthant.core.nn;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.text.Batch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An encoder and a decoder that reads its states, as T5 is.
 *
 * <p>Depths of linear layers go up from the encoder to the keys and values that the decoder makes
 * of its states, all of one depth, and on through the decoder. So a decoder whose adapters alone
 * are trained is gone back through without its encoder.
 *
 * <p>With a cache in the pass, the first batch is the sources with their targets so far, and those
 * after it are what follows in the targets.
 */
public final class EncoderDecoder implements Transformer {

  private static final int NONE = Integer.MAX_VALUE;

  private final Parts parts;
  private final LayerStack encoder;
  private final List<CrossLayer> decoder;
  private final Map<String, Linear> linears = new LinkedHashMap<>();
  private final List<Linear> own = new ArrayList<>(); // shared with no model it was made from
  private final boolean original;

  /**
   * What a model consists of beside its layers.
   *
   * @param prefix see {@link Transformer#prefix}
   * @param embeddings of what the decoder reads
   * @param finalNorm after the last layer of the decoder
   * @param output the scores of tokens, or null if the model is no language model
   * @param startToken what the decoder begins with
   */
  public record Parts(
      ModelSizes sizes,
      String prefix,
      Embeddings embeddings,
      Norm finalNorm,
      @Nullable TokenOutput output,
      int startToken,
      Heads heads) {}

  /**
   * @param encoder whose sites are the first of the model
   * @param decoder from the lowest layer on
   */
  public EncoderDecoder(Parts parts, LayerStack encoder, List<CrossLayer> decoder) {
    this(parts, encoder, List.copyOf(decoder), true);
    decoderLinears().forEach(own::add);
  }

  private EncoderDecoder(
      Parts parts, LayerStack encoder, List<CrossLayer> decoder, boolean original) {
    this.parts = parts;
    this.encoder = encoder;
    this.decoder = decoder;
    this.original = original;
    encoder.linears().forEach(linear -> linears.put(linear.site().module(), linear));
    decoderLinears().forEach(linear -> linears.put(linear.site().module(), linear));
  }

  /** Of the keys and values, then of the layers. */
  private List<Linear> decoderLinears() {
    List<Linear> all = new ArrayList<>(sources());
    decoder.forEach(layer -> all.addAll(layer.linears()));
    return all;
  }

  /** The linear layers of the keys and values of all layers; they read the encoder's states. */
  private List<Linear> sources() {
    List<Linear> sources = new ArrayList<>();
    for (CrossLayer layer : decoder) {
      sources.add(layer.cross().key());
      sources.add(layer.cross().value());
    }
    return sources;
  }

  @Override
  public EncoderDecoder plus(Map<String, ? extends Delta> deltas) {
    deltas.keySet().forEach(this::linear);
    Map<String, Delta> ofEncoder = new LinkedHashMap<>(deltas);
    decoderLinears().forEach(linear -> ofEncoder.remove(linear.site().module()));
    List<Linear> summed = new ArrayList<>();
    UnaryOperator<Linear> change =
        linear -> {
          Delta delta = deltas.get(linear.site().module());
          if (delta == null) {
            return linear;
          }
          summed.add(linear.plus(delta));
          return summed.get(summed.size() - 1);
        };
    List<CrossLayer> changed = decoder.stream().map(layer -> layer.with(change)).toList();
    EncoderDecoder sum = new EncoderDecoder(parts, encoder.plus(ofEncoder), changed, false);
    sum.own.addAll(summed);
    return sum;
  }

  @Override
  public void close() {
    encoder.close();
    own.forEach(linear -> linear.layer().close());
    if (original && parts.output != null) {
      parts.output.close();
    }
  }

  @Override
  public ModelSizes sizes() {
    return parts.sizes;
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
  public OptionalInt startToken() {
    return OptionalInt.of(parts.startToken);
  }

  @Override
  public INDArray forward(Pass pass, Batch batch) {
    pass.adapters().byModule().keySet().forEach(this::linear);
    KeyValueCache cache = pass.cache();
    if (cache == null) {
      encode(pass, batch);
      return decode(pass, target(batch), place(batch));
    }
    if (pass.isTraining()) {
      throw new IllegalStateException("keys and values are kept for inference only");
    }
    Batch decoded = batch;
    if (!cache.hasSource()) {
      encode(pass, batch);
      cache.source(keep(pass, batch));
      decoded = target(batch);
    }
    INDArray y = decode(pass, decoded, Placement.of(decoded, cache));
    cache.advance(decoded.offsets());
    return y;
  }

  /** What the decoder reads: the target, or the sequences themselves behind the start token. */
  private Batch target(Batch batch) {
    Batch target = batch.target();
    return target == null ? batch.shifted(parts.startToken) : target;
  }

  private Placement place(Batch batch) {
    return Placement.of(target(batch), null).withSource(batch.offsets());
  }

  /** Leaves the encoder's states and the keys and values of all layers in buffers of the pass. */
  private void encode(Pass pass, Batch batch) {
    KeyValueCache cache = pass.cache();
    pass.cache(null);
    INDArray states = states(pass, batch.tokens()).assign(encoder.states(pass, batch));
    pass.cache(cache);
    List<INDArray> outputs = new ArrayList<>();
    for (CrossLayer layer : decoder) {
      outputs.add(layer.cross().keys(pass, batch.tokens()));
      outputs.add(layer.cross().values(pass, batch.tokens()));
    }
    Linear.forward(pass, states, sources(), outputs);
  }

  /** The encoder's states, [source tokens, hidden]. */
  private INDArray states(Pass pass, int tokens) {
    return pass.buffer("source.states", tokens, parts.sizes.hidden());
  }

  private KeyValueCache keep(Pass pass, Batch batch) {
    KeyValueCache source = new KeyValueCache(batch.size());
    for (CrossLayer layer : decoder) {
      CrossAttention cross = layer.cross();
      source.append(
          pass,
          cross.layer(),
          batch.offsets(),
          cross.keys(pass, batch.tokens()),
          cross.values(pass, batch.tokens()));
    }
    source.advance(batch.offsets());
    return source;
  }

  private INDArray decode(Pass pass, Batch decoded, Placement place) {
    pass.begins(decoded);
    int tokens = decoded.tokens();
    INDArray x = embedded(pass, tokens);
    parts.embeddings.into(pass, decoded, place, x);
    int lowest = lowestTrained(pass.adapters());
    for (CrossLayer layer : decoder) {
      CrossLayer.Saved saved = pass.saved(layer, tokens, keeps(pass, lowest));
      layer.forward(pass, place, x, saved);
      x = layer.output(saved);
    }
    INDArray y = pass.buffer("decoder.final", x.shape());
    parts.finalNorm.forward(pass.kernels(), x, null, finalStats(pass, tokens), y);
    return y;
  }

  private INDArray embedded(Pass pass, int tokens) {
    return pass.buffer("decoder.embeddings", tokens, parts.sizes.hidden());
  }

  private INDArray finalStats(Pass pass, int tokens) {
    return pass.buffer("decoder.final_stats", tokens, parts.finalNorm.statistics());
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
    Placement place = place(batch);
    int tokens = place.positions().length;
    INDArray x = input(pass, decoder.size(), tokens, lowest);
    INDArray dy = pass.buffer("gradient.decoder", x.shape());
    parts.finalNorm.backward(pass.kernels(), dHidden, x, finalStats(pass, tokens), dy);
    for (int i = decoder.size() - 1; i >= 0; i--) {
      CrossLayer layer = decoder.get(i);
      if (layer.depth() < lowest) {
        return;
      }
      CrossLayer.Saved saved = pass.saved(layer, tokens, true);
      x = input(pass, i, tokens, lowest);
      if (pass.isCheckpointing() && i < decoder.size() - 1) { // the last layer's are still there
        layer.forward(pass, place, x, saved);
      }
      dy = layer.backward(pass, place, x, saved, dy, lowest);
    }
    encoderBackward(pass, batch, lowest);
  }

  private void encoderBackward(Pass pass, Batch batch, int lowest) {
    int depth = decoder.get(0).cross().key().depth();
    if (lowest > depth) {
      return;
    }
    List<INDArray> gradients = new ArrayList<>();
    for (CrossLayer layer : decoder) {
      gradients.add(layer.cross().keyGradients(pass, batch.tokens()));
      gradients.add(layer.cross().valueGradients(pass, batch.tokens()));
    }
    INDArray states = states(pass, batch.tokens());
    INDArray dStates = pass.buffer("gradient.source", states.shape());
    Linear.backward(pass, states, gradients, sources(), false, dStates, lowest < depth);
    if (lowest < depth) {
      encoder.backward(pass, batch, dStates);
    }
  }

  /** The input of a layer in the forward pass. */
  private INDArray input(Pass pass, int layer, int tokens, int lowest) {
    if (layer == 0) {
      return embedded(pass, tokens);
    }
    CrossLayer below = decoder.get(layer - 1);
    return below.output(pass.saved(below, tokens, keeps(pass, lowest)));
  }

  /** Outputs of all layers are kept or of none, so that each finds its input. */
  private static boolean keeps(Pass pass, int lowest) {
    return pass.isTraining() && lowest != NONE;
  }

  @Override
  public boolean trains(AdapterSet adapters) {
    return lowestTrained(adapters) != NONE;
  }

  private int lowestTrained(AdapterSet adapters) {
    int lowest = NONE;
    for (Map.Entry<String, Adapter> entry : adapters.byModule().entrySet()) {
      if (adapters.trains(entry.getKey())) {
        lowest = Math.min(lowest, linear(entry.getKey()).depth());
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
