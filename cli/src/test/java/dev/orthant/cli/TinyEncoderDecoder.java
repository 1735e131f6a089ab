package dev.orthant.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.CheckpointWriter;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.testing.TinyModelFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.nd4j.linalg.factory.Nd4j;

/** A Flan-T5 of random weights that reads real text: an encoder and a decoder of two layers. */
final class TinyEncoderDecoder {

  private static final int HIDDEN = 32;
  private static final int LAYERS = 2;
  private static final int HEADS = 4;
  private static final int WIDTH = 6;
  private static final int INNER = 48;
  private static final int BUCKETS = 8;
  private static final int VOCABULARY = 30522; // of the tokenizer
  private static final long SEED = 12;

  private final CheckpointWriter writer = new CheckpointWriter(config());

  private TinyEncoderDecoder() {}

  /** Writes a model folder. */
  static Path write(Path folder) {
    new TinyEncoderDecoder()
        .addAll()
        .text("tokenizer.json", TinyModelFolder.tokenizer())
        .write(folder, false);
    return folder;
  }

  private CheckpointWriter addAll() {
    add("shared.weight", 0, 1, VOCABULARY, HIDDEN);
    add("lm_head.weight", 0, 1, VOCABULARY, HIDDEN);
    for (String stack : List.of("encoder", "decoder")) {
      for (int i = 0; i < LAYERS; i++) {
        addLayer(stack, i);
      }
      add(stack + ".final_layer_norm.weight", 1, 0.1, HIDDEN);
    }
    return writer;
  }

  private void addLayer(String stack, int index) {
    String block = stack + ".block." + index + ".layer.";
    addAttention(block + "0.", "SelfAttention");
    if (index == 0) {
      add(block + "0.SelfAttention.relative_attention_bias.weight", 0, 0.5, BUCKETS, HEADS);
    }
    int last = 1;
    if (stack.equals("decoder")) {
      addAttention(block + "1.", "EncDecAttention");
      last = 2;
    }
    matrix(block + last + ".DenseReluDense.wi_0", INNER, HIDDEN);
    matrix(block + last + ".DenseReluDense.wi_1", INNER, HIDDEN);
    matrix(block + last + ".DenseReluDense.wo", HIDDEN, INNER);
    add(block + last + ".layer_norm.weight", 1, 0.1, HIDDEN);
  }

  private void addAttention(String layer, String kind) {
    for (String name : List.of("q", "k", "v")) {
      matrix(layer + kind + "." + name, HEADS * WIDTH, HIDDEN);
    }
    matrix(layer + kind + ".o", HIDDEN, HEADS * WIDTH);
    add(layer + "layer_norm.weight", 1, 0.1, HIDDEN);
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
    writer.add(name, Dtype.F32, shape, () -> Nd4j.create(values, shape, 'c'));
  }

  private static ObjectNode config() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("model_type", "t5")
        .put("d_model", HIDDEN)
        .put("d_kv", WIDTH)
        .put("num_heads", HEADS)
        .put("d_ff", INNER)
        .put("num_layers", LAYERS)
        .put("vocab_size", VOCABULARY)
        .put("relative_attention_num_buckets", BUCKETS)
        .put("relative_attention_max_distance", 16)
        .put("feed_forward_proj", "gated-gelu")
        .put("tie_word_embeddings", false)
        .put("decoder_start_token_id", 0)
        .put("eos_token_id", 102); // [SEP] of the tokenizer
  }
}
