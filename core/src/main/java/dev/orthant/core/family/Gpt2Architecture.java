package dev.orthant.core.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.kernel.Activation;
import dev.orthant.core.kernel.AttentionForm;
import dev.orthant.core.kernel.FrozenLinear;
import dev.orthant.core.nn.ArchitectureFactory;
import dev.orthant.core.nn.DecoderHeads;
import dev.orthant.core.nn.Embeddings;
import dev.orthant.core.nn.FeedForward;
import dev.orthant.core.nn.LayerStack;
import dev.orthant.core.nn.LinearOutput;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.ModelSizes;
import dev.orthant.core.nn.PreNormLayer;
import dev.orthant.core.nn.SelfAttention;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * GPT-2, whose linear layers are stored as [dIn, dOut] and whose queries, keys and values are one
 * layer: an adapter of {@code c_attn} adapts all three.
 */
public final class Gpt2Architecture implements ArchitectureFactory {

  private static final String PREFIX = "transformer.";
  private static final String WORDS = "wte.weight";
  private static final String OUTPUT = "lm_head.weight";
  private static final int DEPTHS = 4; // of a layer

  /** For the service loader. */
  public Gpt2Architecture() {}

  @Override
  public String name() {
    return "gpt2";
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference("Language Models are Unsupervised Multitask Learners", "OpenAI, 2019"));
  }

  @Override
  public String summary() {
    return "Decoder with absolute positions and one layer for queries, keys and values: GPT-2";
  }

  @Override
  public Set<String> modelTypes() {
    return Set.of("gpt2");
  }

  /** The fields of {@code config.json}. */
  private record Config(
      ModelSizes sizes, int heads, double eps, Activation activation, int padding) {

    static Config of(JsonNode json) {
      ConfigReader reader = new ConfigReader(json);
      reader.only("model_type", "gpt2", null);
      reader.only("scale_attn_weights", "true", "true");
      reader.never("scale_attn_by_inverse_layer_idx");
      reader.never("add_cross_attention");
      int hidden = reader.positive("n_embd", reader.integer("n_embd"));
      int heads = reader.positive("n_head", reader.integer("n_head"));
      if (hidden % heads != 0) {
        reader.problem(
            "n_embd must be a multiple of n_head, was %d with %d heads".formatted(hidden, heads));
      }
      ModelSizes sizes =
          new ModelSizes(
              hidden,
              reader.positive("n_layer", reader.integer("n_layer")),
              reader.positive("n_inner", reader.integer("n_inner", 4 * hidden)),
              reader.positive("vocab_size", reader.integer("vocab_size")),
              reader.positive("n_positions", reader.integer("n_positions")));
      double eps = reader.number("layer_norm_epsilon", 1e-5);
      Activation activation = reader.activation("activation_function", "gelu_new");
      int padding = reader.integer("pad_token_id", -1);
      reader.check("gpt2");
      return new Config(sizes, heads, eps, activation, padding);
    }
  }

  @Override
  public Transformer load(JsonNode json, TensorSource weights, LoadSettings settings) {
    Config config = Config.of(json);
    ModelSizes sizes = config.sizes;
    int d = sizes.hidden();
    WeightReader reader = new WeightReader(weights, PREFIX, WORDS, settings);
    INDArray words = reader.tensor(WORDS, sizes.vocabulary(), d);
    INDArray positions = reader.tensor("wpe.weight", sizes.positions(), d);
    List<PreNormLayer> layers = new ArrayList<>();
    for (int i = 0; i < sizes.layers(); i++) {
      layers.add(layer(reader, config, i));
    }
    FrozenLinear matrix =
        reader.hasExactly(OUTPUT)
            ? reader.frozen(reader.exactly(OUTPUT, sizes.vocabulary(), d), null)
            : reader.shared(words);
    LayerStack.Parts parts =
        new LayerStack.Parts(
            sizes,
            PREFIX,
            true,
            new Embeddings(words, positions, null, null),
            reader.layerNorm("ln_f", d, config.eps),
            new LinearOutput(matrix),
            null,
            new DecoderHeads(d, config.padding));
    reader.check("gpt2 model");
    return new LayerStack(parts, layers);
  }

  private static PreNormLayer layer(WeightReader reader, Config config, int index) {
    String path = "h." + index + ".";
    int d = config.sizes.hidden();
    int inner = config.sizes.intermediate();
    int depth = DEPTHS * index;
    return new PreNormLayer(
        index,
        reader.layerNorm(path + "ln_1", d, config.eps),
        new SelfAttention(
            index,
            AttentionForm.causal(config.heads, config.heads, d / config.heads),
            List.of(reader.transposedLinear(place(path + "attn.c_attn", index, depth), d, 3 * d)),
            reader.transposedLinear(place(path + "attn.c_proj", index, depth + 1), d, d),
            null,
            null,
            null),
        reader.layerNorm(path + "ln_2", d, config.eps),
        new FeedForward(
            config.activation,
            null,
            reader.transposedLinear(place(path + "mlp.c_fc", index, depth + 2), d, inner),
            reader.transposedLinear(place(path + "mlp.c_proj", index, depth + 3), inner, d)));
  }

  private static WeightReader.Place place(String module, int layer, int depth) {
    return new WeightReader.Place(module, layer, depth);
  }
}
