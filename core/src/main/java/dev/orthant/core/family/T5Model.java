package dev.orthant.core.family;

import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.kernel.AttentionForm;
import dev.orthant.core.kernel.RelativeBias;
import dev.orthant.core.nn.CrossAttention;
import dev.orthant.core.nn.CrossLayer;
import dev.orthant.core.nn.Embeddings;
import dev.orthant.core.nn.EncoderDecoder;
import dev.orthant.core.nn.EncoderHeads;
import dev.orthant.core.nn.FeedForward;
import dev.orthant.core.nn.LayerStack;
import dev.orthant.core.nn.Linear;
import dev.orthant.core.nn.LinearOutput;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.ModelSizes;
import dev.orthant.core.nn.Norm;
import dev.orthant.core.nn.PreNormLayer;
import dev.orthant.core.nn.ScaledOutput;
import dev.orthant.core.nn.SelfAttention;
import dev.orthant.core.nn.TokenOutput;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads T5 and what has its layout: T5 1.1, Flan-T5, mT5.
 *
 * <p>Scores of attention are not divided by the root of the width; a bias by bucket of relative
 * position is added to them, of one table for all layers of a stack, and none between decoder and
 * encoder. Everything is normalised by its root mean square before a part and not centred.
 */
final class T5Model {

  private static final String PREFIX = "transformer.";
  private static final String SHARED = "shared.weight";
  private static final String EMBEDDED = "encoder.embed_tokens.weight"; // in some files, the same

  private final T5Config config;
  private final WeightReader reader;
  private final int sourceDepth; // of the keys and values that the decoder makes of the source

  private T5Model(T5Config config, WeightReader reader) {
    this.config = config;
    this.reader = reader;
    this.sourceDepth = 4 * config.encoderLayers();
  }

  static EncoderDecoder load(T5Config config, TensorSource weights, LoadSettings settings) {
    WeightReader reader =
        new WeightReader(weights, PREFIX, "encoder.final_layer_norm.weight", settings);
    return new T5Model(config, reader).read();
  }

  private EncoderDecoder read() {
    int d = config.hiddenSize();
    INDArray words =
        reader.tensor(reader.has(SHARED) ? SHARED : EMBEDDED, config.vocabularySize(), d);
    Embeddings embeddings = new Embeddings(words, null, null, null);
    ModelSizes sizes =
        new ModelSizes(
            d,
            config.encoderLayers() + config.decoderLayers(),
            config.intermediateSize(),
            config.vocabularySize(),
            Integer.MAX_VALUE);
    AttentionForm encoding = attention("encoder", true);
    AttentionForm decoding = attention("decoder", false);
    List<PreNormLayer> encoderLayers = new ArrayList<>();
    for (int i = 0; i < config.encoderLayers(); i++) {
      encoderLayers.add(encoderLayer(i, encoding));
    }
    List<CrossLayer> decoderLayers = new ArrayList<>();
    for (int i = 0; i < config.decoderLayers(); i++) {
      decoderLayers.add(decoderLayer(i, decoding));
    }
    Norm encoderNorm = norm("encoder.final_layer_norm");
    Norm decoderNorm = norm("decoder.final_layer_norm");
    TokenOutput output = output(words);
    reader.check("T5 encoder-decoder");
    T5Heads heads = new T5Heads(new EncoderHeads(d, null));
    return new EncoderDecoder(
        new EncoderDecoder.Parts(
            sizes, PREFIX, embeddings, decoderNorm, output, config.startToken(), heads),
        new LayerStack(
            new LayerStack.Parts(sizes, PREFIX, false, embeddings, encoderNorm, null, null, heads),
            encoderLayers),
        decoderLayers);
  }

  private @Nullable TokenOutput output(INDArray words) {
    if (config.tied()) {
      return new ScaledOutput(
          new LinearOutput(reader.shared(words)), (float) Math.pow(config.hiddenSize(), -0.5));
    }
    return reader.hasExactly("lm_head.weight")
        ? new LinearOutput(
            reader.frozen(
                reader.exactly("lm_head.weight", config.vocabularySize(), config.hiddenSize()),
                null))
        : null;
  }

  private AttentionForm attention(String stack, boolean bidirectional) {
    INDArray table =
        reader.tensor(
            stack + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight",
            config.buckets(),
            config.heads());
    RelativeBias bias =
        table.isEmpty()
            ? null // and the reader will complain
            : new PositionBuckets(config.buckets(), config.maxDistance(), bidirectional)
                .bias(table);
    return new AttentionForm(config.heads(), config.heads(), 1f, !bidirectional, 0, bias);
  }

  private PreNormLayer encoderLayer(int i, AttentionForm form) {
    String path = "encoder.block." + i + ".layer.";
    int depth = 4 * i;
    return new PreNormLayer(
        i,
        norm(path + "0.layer_norm"),
        selfAttention(path, i, i, depth, form),
        norm(path + "1.layer_norm"),
        feedForward(path + "1.", i, depth + 2));
  }

  private CrossLayer decoderLayer(int i, AttentionForm form) {
    String path = "decoder.block." + i + ".layer.";
    int index = config.encoderLayers() + i;
    int depth = sourceDepth + 1 + 6 * i;
    return new CrossLayer(
        index,
        norm(path + "0.layer_norm"),
        selfAttention(path, index, i, depth, form),
        norm(path + "1.layer_norm"),
        crossAttention(path + "1.EncDecAttention.", index, i, depth + 2),
        norm(path + "2.layer_norm"),
        feedForward(path + "2.", index, depth + 4));
  }

  private SelfAttention selfAttention(
      String layer, int index, int place, int depth, AttentionForm form) {
    String path = layer + "0.SelfAttention.";
    int d = config.hiddenSize();
    int inner = config.inner();
    return new SelfAttention(
        place,
        form,
        List.of(
            linear(path + "q", index, depth, d, inner),
            linear(path + "k", index, depth, d, inner),
            linear(path + "v", index, depth, d, inner)),
        linear(path + "o", index, depth + 1, inner, d),
        null,
        null,
        null);
  }

  private CrossAttention crossAttention(String path, int index, int place, int depth) {
    int d = config.hiddenSize();
    int inner = config.inner();
    return new CrossAttention(
        place,
        new AttentionForm(config.heads(), config.heads(), 1f, false, 0, null),
        linear(path + "q", index, depth, d, inner),
        linear(path + "k", index, sourceDepth, d, inner),
        linear(path + "v", index, sourceDepth, d, inner),
        linear(path + "o", index, depth + 1, inner, d));
  }

  private FeedForward feedForward(String layer, int index, int depth) {
    String path = layer + "DenseReluDense.";
    int d = config.hiddenSize();
    int inner = config.intermediateSize();
    Linear gate = config.gated() ? linear(path + "wi_0", index, depth, d, inner) : null;
    return new FeedForward(
        config.activation(),
        gate,
        linear(path + (config.gated() ? "wi_1" : "wi"), index, depth, d, inner),
        linear(path + "wo", index, depth + 1, inner, d));
  }

  private Linear linear(String module, int layer, int depth, int dIn, int dOut) {
    return reader.linear(new WeightReader.Place(module, layer, depth), dIn, dOut, false);
  }

  private Norm norm(String module) {
    return reader.rmsNorm(module, config.hiddenSize(), config.eps());
  }
}
