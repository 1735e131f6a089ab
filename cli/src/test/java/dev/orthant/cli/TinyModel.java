package dev.orthant.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.CheckpointWriter;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.spi.CounterRandom;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.nd4j.linalg.factory.Nd4j;

/** A BERT encoder of random weights that reads real text: two layers of width 32. */
final class TinyModel {

  private static final int HIDDEN = 32;
  private static final int LAYERS = 2;
  private static final int INNER = 64;
  private static final int VOCABULARY = 30522; // of the tokenizer
  private static final int POSITIONS = 64;
  private static final String TOKENIZER = "/all-minilm-l6-v2-tokenizer.json";

  private final CheckpointWriter writer = new CheckpointWriter(config());
  private final long seed;

  private TinyModel(long seed) {
    this.seed = seed;
  }

  /** Writes a model folder; another seed gives another model. */
  static Path write(Path folder, long seed) {
    new TinyModel(seed).write(folder);
    return folder;
  }

  private void write(Path folder) {
    addAll();
    writer.text("tokenizer.json", tokenizer()).write(folder, false);
  }

  private void addAll() {
    matrix("embeddings.word_embeddings", VOCABULARY, HIDDEN, false);
    matrix("embeddings.position_embeddings", POSITIONS, HIDDEN, false);
    matrix("embeddings.token_type_embeddings", 2, HIDDEN, false);
    norm("embeddings.LayerNorm");
    for (int i = 0; i < LAYERS; i++) {
      String layer = "encoder.layer." + i + ".";
      matrix(layer + "attention.self.query", HIDDEN, HIDDEN, true);
      matrix(layer + "attention.self.key", HIDDEN, HIDDEN, true);
      matrix(layer + "attention.self.value", HIDDEN, HIDDEN, true);
      matrix(layer + "attention.output.dense", HIDDEN, HIDDEN, true);
      norm(layer + "attention.output.LayerNorm");
      matrix(layer + "intermediate.dense", INNER, HIDDEN, true);
      matrix(layer + "output.dense", HIDDEN, INNER, true);
      norm(layer + "output.LayerNorm");
    }
  }

  private void matrix(String module, int rows, int columns, boolean bias) {
    add(module + ".weight", 0, 1 / Math.sqrt(columns), rows, columns);
    if (bias) {
      add(module + ".bias", 0, 0.1, rows);
    }
  }

  private void norm(String module) {
    add(module + ".weight", 1, 0.1, HIDDEN);
    add(module + ".bias", 0, 0.1, HIDDEN);
  }

  private void add(String name, double mean, double deviation, long... shape) {
    long size = 1;
    for (long d : shape) {
      size *= d;
    }
    float[] values = new float[Math.toIntExact(size)];
    SplittableRandom random = new SplittableRandom(CounterRandom.seed(seed, name));
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (mean + deviation * random.nextGaussian());
    }
    writer.add(name, Dtype.F32, shape, () -> Nd4j.create(values, shape, 'c'));
  }

  private static ObjectNode config() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("model_type", "bert")
        .put("hidden_act", "gelu")
        .put("hidden_size", HIDDEN)
        .put("num_hidden_layers", LAYERS)
        .put("num_attention_heads", 4)
        .put("intermediate_size", INNER)
        .put("vocab_size", VOCABULARY)
        .put("max_position_embeddings", POSITIONS)
        .put("type_vocab_size", 2)
        .put("layer_norm_eps", 1e-12);
  }

  /** The tokenizer.json of all-MiniLM-L6-v2. */
  static String tokenizer() {
    try (InputStream in = TinyModel.class.getResourceAsStream(TOKENIZER)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
