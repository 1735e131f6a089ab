package dev.orthant.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.CheckpointWriter;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.testing.TinyModelFolder;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.nd4j.linalg.factory.Nd4j;

/** A Llama of random weights that reads real text: two layers of width 32, grouped queries. */
final class TinyDecoder {

  private static final int HIDDEN = 32;
  private static final int LAYERS = 2;
  private static final int HEADS = 4;
  private static final int KEY_HEADS = 2;
  private static final int WIDTH = HIDDEN / HEADS;
  private static final int INNER = 48;
  private static final int VOCABULARY = 30522; // of the tokenizer
  private static final long SEED = 11;

  private final CheckpointWriter writer = new CheckpointWriter(config());

  private TinyDecoder() {}

  /** Writes a model folder. */
  static Path write(Path folder) {
    new TinyDecoder()
        .addAll()
        .text("tokenizer.json", TinyModelFolder.tokenizer())
        .write(folder, false);
    return folder;
  }

  private CheckpointWriter addAll() {
    add("model.embed_tokens.weight", 0, 1, VOCABULARY, HIDDEN);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.layers." + i + ".";
      add(layer + "input_layernorm.weight", 1, 0.1, HIDDEN);
      matrix(layer + "self_attn.q_proj", HEADS * WIDTH, HIDDEN);
      matrix(layer + "self_attn.k_proj", KEY_HEADS * WIDTH, HIDDEN);
      matrix(layer + "self_attn.v_proj", KEY_HEADS * WIDTH, HIDDEN);
      matrix(layer + "self_attn.o_proj", HIDDEN, HEADS * WIDTH);
      add(layer + "post_attention_layernorm.weight", 1, 0.1, HIDDEN);
      matrix(layer + "mlp.gate_proj", INNER, HIDDEN);
      matrix(layer + "mlp.up_proj", INNER, HIDDEN);
      matrix(layer + "mlp.down_proj", HIDDEN, INNER);
    }
    add("model.norm.weight", 1, 0.1, HIDDEN);
    return writer;
  }

  private void matrix(String module, int rows, int columns) {
    add(module + ".weight", 0, 1 / Math.sqrt(columns), rows, columns);
  }

  private void add(String name, double mean, double deviation, long... shape) {
    long size = 1;
    for (long d : shape) {
      size *= d;
    }
    float[] values = new float[Math.toIntExact(size)];
    SplittableRandom random = new SplittableRandom(CounterRandom.seed(SEED, name));
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (mean + deviation * random.nextGaussian());
    }
    writer.add(name, Dtype.BF16, shape, () -> Nd4j.create(values, shape, 'c'));
  }

  private static ObjectNode config() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("model_type", "llama")
        .put("hidden_act", "silu")
        .put("hidden_size", HIDDEN)
        .put("num_hidden_layers", LAYERS)
        .put("num_attention_heads", HEADS)
        .put("num_key_value_heads", KEY_HEADS)
        .put("intermediate_size", INNER)
        .put("vocab_size", VOCABULARY)
        .put("max_position_embeddings", 64)
        .put("rms_norm_eps", 1e-5)
        .put("tie_word_embeddings", true)
        .put("eos_token_id", 102); // [SEP] of the tokenizer
  }
}
