package dev.orthant.core.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.kernel.Activation;
import dev.orthant.core.kernel.FrozenLinear;
import dev.orthant.core.nn.ArchitectureFactory;
import dev.orthant.core.nn.Embeddings;
import dev.orthant.core.nn.LayerStack;
import dev.orthant.core.nn.LinearOutput;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.MaskedOutput;
import dev.orthant.core.nn.PostNormLayer;
import dev.orthant.core.nn.RobertaHeads;
import dev.orthant.core.nn.TokenOutput;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.Reference;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * RoBERTa and what has its layout: BERT's encoder, whose positions count from behind the id of the
 * padding token, with one token type and a head of its own.
 */
public final class RobertaArchitecture implements ArchitectureFactory {

  private static final String PREFIX = "roberta.";
  private static final String MASKED = "lm_head.";

  /** For the service loader. */
  public RobertaArchitecture() {}

  @Override
  public String name() {
    return "roberta";
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "RoBERTa: A Robustly Optimized BERT Pretraining Approach", "arXiv:1907.11692"));
  }

  @Override
  public String summary() {
    return "Encoder as BERT's with other positions and its own head: RoBERTa, XLM-RoBERTa";
  }

  @Override
  public Set<String> modelTypes() {
    return Set.of("roberta", "xlm-roberta");
  }

  @Override
  public Transformer load(JsonNode json, TensorSource weights, LoadSettings settings) {
    EncoderConfig config = EncoderConfig.of(json, json.path("model_type").asText());
    int first = json.path("pad_token_id").asInt(1) + 1;
    if (first < 1 || first >= config.positions()) {
      throw new IllegalArgumentException(
          "pad_token_id must be below max_position_embeddings - 1, was " + (first - 1));
    }
    WeightReader reader = new WeightReader(weights, PREFIX, BertEncoder.WORDS, settings);
    Embeddings embeddings = BertEncoder.embeddings(reader, config, first);
    List<PostNormLayer> layers = BertEncoder.layers(reader, config);
    TokenOutput output = output(reader, config, embeddings.words());
    reader.check("RoBERTa encoder");
    return new LayerStack(
        new LayerStack.Parts(
            config.sizes(config.positions() - first),
            PREFIX,
            false,
            withoutTypes(embeddings),
            null,
            output,
            null,
            new RobertaHeads(config.hiddenSize())),
        layers);
  }

  /** Where all tokens are of one type, its row is added to the positions' rows. */
  private static Embeddings withoutTypes(Embeddings embeddings) {
    INDArray types = embeddings.types();
    INDArray positions = embeddings.positions();
    return types == null || positions == null || types.size(0) > 1
        ? embeddings
        : new Embeddings(
            embeddings.words(), positions.addRowVector(types.getRow(0)), null, embeddings.norm());
  }

  private static @Nullable TokenOutput output(
      WeightReader reader, EncoderConfig config, INDArray words) {
    if (!reader.hasExactly(MASKED + "dense.weight")) {
      return null;
    }
    int d = config.hiddenSize();
    int vocabulary = config.vocabularySize();
    return new MaskedOutput(
        FrozenLinear.of(
            reader.exactly(MASKED + "dense.weight", d, d),
            reader.exactly(MASKED + "dense.bias", d)),
        Activation.GELU, // whatever hidden_act says
        reader.layerNormExactly(MASKED + "layer_norm", d, config.layerNormEps()),
        new LinearOutput(
            FrozenLinear.of(
                reader.hasExactly(MASKED + "decoder.weight")
                    ? reader.exactly(MASKED + "decoder.weight", vocabulary, d)
                    : words,
                reader.exactly(MASKED + "bias", vocabulary))));
  }
}
