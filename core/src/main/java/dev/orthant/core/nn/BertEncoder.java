package dev.orthant.core.nn;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.text.Batch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A BERT encoder with frozen weights (Devlin et al., 2019, arXiv:1810.04805), on packed batches.
 */
public final class BertEncoder implements Transformer {

  private static final int NONE = Integer.MAX_VALUE;

  private final EncoderConfig config;
  private final INDArray words; // [vocabulary, hidden]
  private final INDArray positions; // [positions, hidden]
  private final INDArray types; // [types, hidden]
  private final LayerNorm embeddingNorm;
  private final List<BertLayer> layers;
  private final @Nullable Linear pooler;
  private final Map<String, Linear> linears = new LinkedHashMap<>();
  private final List<Linear> own = new ArrayList<>(); // shared with no encoder it was made from

  private BertEncoder(EncoderConfig config, BertWeights weights) {
    this.config = config;
    this.words = weights.embedding("word", config.vocabularySize());
    this.positions = weights.embedding("position", config.positions());
    this.types = weights.embedding("token_type", config.types());
    this.embeddingNorm = weights.layerNorm("embeddings.LayerNorm");
    List<BertLayer> read = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      read.add(weights.layer(i));
    }
    this.layers = List.copyOf(read);
    this.pooler = weights.hasPooler() ? weights.pooler() : null;
    weights.check();
    layers.forEach(this::index);
    own.addAll(linears.values());
    pooler().ifPresent(own::add);
  }

  private BertEncoder(BertEncoder base, Map<String, ? extends Delta> deltas) {
    this.config = base.config;
    this.words = base.words;
    this.positions = base.positions;
    this.types = base.types;
    this.embeddingNorm = base.embeddingNorm;
    this.pooler = base.pooler;
    this.layers =
        base.layers.stream()
            .map(
                layer ->
                    layer.with(
                        linear -> {
                          Delta delta = deltas.get(linear.site().module());
                          if (delta == null) {
                            return linear;
                          }
                          own.add(linear.plus(delta));
                          return own.get(own.size() - 1);
                        }))
            .toList();
    layers.forEach(this::index);
  }

  private void index(BertLayer layer) {
    layer.linears().forEach(linear -> linears.put(linear.site().module(), linear));
  }

  @Override
  public BertEncoder plus(Map<String, ? extends Delta> deltas) {
    deltas.keySet().forEach(this::linear);
    return new BertEncoder(this, deltas);
  }

  @Override
  public void close() {
    own.forEach(linear -> linear.layer().close());
  }

  /**
   * Reads the weights. Names may have the prefix {@code bert.} and legacy names of layer
   * normalisation ({@code gamma}, {@code beta}); tensors that an encoder does not have are ignored.
   *
   * @param config the sizes
   * @param weights single-precision tensors by name
   * @throws IllegalArgumentException naming all tensors that are missing or misshapen, with the
   *     shapes expected
   */
  public static BertEncoder load(EncoderConfig config, TensorSource weights) {
    requireNonNull(config, "config");
    return new BertEncoder(config, new BertWeights(requireNonNull(weights, "weights"), config));
  }

  /** The sizes. */
  public EncoderConfig config() {
    return config;
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
  public ModelSizes sizes() {
    return new ModelSizes(
        config.hiddenSize(),
        config.layers(),
        config.intermediateSize(),
        config.vocabularySize(),
        config.positions());
  }

  @Override
  public Heads heads() {
    return new EncoderHeads(this);
  }

  @Override
  public String prefix() {
    return "bert.";
  }

  /** Whether the checkpoint has a pretrained pooler. */
  boolean hasPooler() {
    return pooler != null;
  }

  /** The pooler's linear layer, of those checkpoints that have one. */
  Optional<Linear> pooler() {
    return Optional.ofNullable(pooler);
  }

  @Override
  public INDArray forward(Pass pass, Batch batch) {
    check(pass.adapters());
    sizes().check(batch);
    pass.begins(batch);
    int tokens = batch.tokens();
    INDArray x = pass.buffer("embeddings", tokens, config.hiddenSize());
    pass.kernels()
        .embed(batch.tokenIds(), batch.positions(), batch.typeIds(), words, positions, types, x);
    INDArray stats = pass.buffer("embeddings.stats", tokens, 2);
    pass.kernels()
        .layerNorm(
            x, null, embeddingNorm.gamma(), embeddingNorm.beta(), embeddingNorm.eps(), stats, x);
    int lowest = lowestTrained(pass.adapters());
    for (BertLayer layer : layers) {
      x =
          layer.forward(
              pass, batch, x, pass.saved(layer, config, tokens, keeps(pass, layer, lowest)));
    }
    return x;
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
    int tokens = batch.tokens();
    INDArray dy = dHidden;
    for (int i = layers.size() - 1; i >= 0 && keeps(pass, layers.get(i), lowest); i--) {
      BertLayer layer = layers.get(i);
      BertLayer.Saved saved = pass.saved(layer, config, tokens, true);
      INDArray x = input(pass, i, tokens, lowest);
      if (pass.isCheckpointing() && i < layers.size() - 1) { // the last layer's are still there
        layer.forward(pass, batch, x, saved);
      }
      dy = layer.backward(pass, batch, x, saved, dy, lowest);
    }
  }

  @Override
  public boolean trains(AdapterSet adapters) {
    return lowestTrained(adapters) != NONE;
  }

  /** The input of a layer in the forward pass. */
  private INDArray input(Pass pass, int layer, int tokens, int lowest) {
    if (layer == 0) {
      return pass.buffer("embeddings", tokens, config.hiddenSize());
    }
    BertLayer below = layers.get(layer - 1);
    return pass.saved(below, config, tokens, keeps(pass, below, lowest)).y();
  }

  private static boolean keeps(Pass pass, BertLayer layer, int lowest) {
    return pass.isTraining() && layer.output().depth() >= lowest;
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

  private void check(AdapterSet adapters) {
    for (Map.Entry<String, Adapter> entry : adapters.byModule().entrySet()) {
      linear(entry.getKey());
    }
  }

  private Linear linear(String module) {
    Linear linear = linears.get(module);
    if (linear == null) {
      throw new IllegalArgumentException(
          "the encoder has no linear layer '%s'; its first is '%s'"
              .formatted(module, linears.keySet().iterator().next()));
    }
    return linear;
  }
}
