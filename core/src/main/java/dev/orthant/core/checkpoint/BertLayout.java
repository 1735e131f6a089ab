package dev.orthant.core.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of Hugging Face's BertModel and the configuration that goes with its tensors. */
final class BertLayout {

  private static final Pattern LAYER = Pattern.compile("encoder\\.layer\\.(\\d+)\\..*");
  private static final List<String> EMBEDDINGS =
      List.of(
          "embeddings.word_embeddings.weight",
          "embeddings.position_embeddings.weight",
          "embeddings.token_type_embeddings.weight",
          "embeddings.LayerNorm.weight",
          "embeddings.LayerNorm.bias");
  private static final List<String> PER_LAYER =
      List.of(
          "attention.self.query",
          "attention.self.key",
          "attention.self.value",
          "attention.output.dense",
          "attention.output.LayerNorm",
          "intermediate.dense",
          "output.dense",
          "output.LayerNorm");

  private BertLayout() {}

  /** The number of layers that the names speak of. */
  static int layers(Collection<String> names) {
    int layers = 0;
    for (String name : names) {
      Matcher matcher = LAYER.matcher(name);
      if (matcher.matches()) {
        layers = Math.max(layers, Integer.parseInt(matcher.group(1)) + 1);
      }
    }
    return layers;
  }

  /** Every tensor that an encoder has. */
  static List<String> tensors(int layers) {
    List<String> names = new ArrayList<>(EMBEDDINGS);
    for (int layer = 0; layer < Math.max(1, layers); layer++) {
      for (String module : PER_LAYER) {
        names.add("encoder.layer." + layer + "." + module + ".weight");
        names.add("encoder.layer." + layer + "." + module + ".bias");
      }
    }
    return names;
  }

  /**
   * The configuration as Hugging Face's BertModel writes it.
   *
   * @param shapeOf a tensor's shape, linear weights as [dOut, dIn]
   */
  static ObjectNode config(
      String architecture,
      int layers,
      long heads,
      double layerNormEpsilon,
      Function<String, long[]> shapeOf) {
    long[] words = shapeOf.apply("embeddings.word_embeddings.weight");
    ObjectNode config = StrictJson.object();
    config.putArray("architectures").add(architecture);
    config.put("attention_probs_dropout_prob", 0.1);
    config.put("hidden_act", "gelu");
    config.put("hidden_dropout_prob", 0.1);
    config.put("hidden_size", words[1]);
    config.put("initializer_range", 0.02);
    config.put("intermediate_size", shapeOf.apply("encoder.layer.0.intermediate.dense.weight")[0]);
    config.put("layer_norm_eps", layerNormEpsilon);
    config.put(
        "max_position_embeddings", shapeOf.apply("embeddings.position_embeddings.weight")[0]);
    config.put("model_type", "bert");
    config.put("num_attention_heads", heads);
    config.put("num_hidden_layers", layers);
    config.put("pad_token_id", 0);
    config.put("position_embedding_type", "absolute");
    config.put("torch_dtype", "float32");
    config.put("type_vocab_size", shapeOf.apply("embeddings.token_type_embeddings.weight")[0]);
    config.put("vocab_size", words[0]);
    return config;
  }
}
