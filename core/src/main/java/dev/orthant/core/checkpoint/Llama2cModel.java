package dev.orthant.core.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A Llama in the first form of llama2.c: seven 32-bit numbers, then single-precision weights in a
 * fixed order, all little-endian. Read while it is written elsewhere, tensor by tensor.
 */
final class Llama2cModel {

  /*
   * llama2.c rotates neighbours of a head's query and key, (0, 1), (2, 3) and so on; Hugging Face's
   * code rotates the halves, (0, d/2), (1, d/2 + 1). So the rows of both matrices change places
   * within each head: row i of the first half is row 2i of the file, row i of the second 2i + 1.
   */

  private static final int HEADER = 7 * Integer.BYTES;
  private static final int NEWER = 0x616b3432; // "ak42", before later forms

  private final Path file;
  private final FileChannel channel;
  private final int width;
  private final int inner;
  private final int layers;
  private final int heads;
  private final int keyHeads;
  private final int vocabulary;
  private final boolean tied;
  private final int positions;
  private final Map<String, Part> parts = new LinkedHashMap<>();
  private long end = HEADER;

  /**
   * @param offset of the first byte
   * @param headsToTurn the number of heads whose rows change places; 0 if none do
   */
  private record Part(long offset, int headsToTurn, long... shape) {}

  /**
   * @param channel of the file, open as long as weights are read
   * @throws CheckpointException if it is no such file
   */
  Llama2cModel(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
    long size = size();
    if (size < HEADER) {
      throw new CheckpointException(file, "is too short for a model of llama2.c");
    }
    ByteBuffer header = bytes(0, HEADER);
    if (header.getInt(0) == NEWER) {
      throw new CheckpointException(
          file,
          "is of version %d of llama2.c's form; export it with --version 0"
              .formatted(header.getInt(4)));
    }
    width = positive(header, "dim");
    inner = positive(header, "hidden_dim");
    layers = positive(header, "n_layers");
    heads = positive(header, "n_heads");
    keyHeads = positive(header, "n_kv_heads");
    int words = header.getInt();
    tied = words > 0;
    vocabulary = Math.abs(words);
    positions = positive(header, "seq_len");
    if (width % heads != 0 || width / heads % 2 != 0 || heads % keyHeads != 0) {
      throw new CheckpointException(
          file,
          "has dim %d, n_heads %d and n_kv_heads %d, which do not divide; is it a model of llama2.c?"
              .formatted(width, heads, keyHeads));
    }
    list();
    if (end != size) {
      throw new CheckpointException(
          file,
          "has %d bytes, its header (%d layers of width %d, %d tokens) asks for %d"
              .formatted(size, layers, width, vocabulary, end));
    }
  }

  private int positive(ByteBuffer header, String field) {
    int value = header.getInt();
    if (value < 1) {
      throw new CheckpointException(
          file,
          "%s must be at least 1, was %d; is it a model of llama2.c?".formatted(field, value));
    }
    return value;
  }

  private void list() {
    int keyWidth = width / heads * keyHeads;
    put("model.embed_tokens.weight", vocabulary, width);
    each("input_layernorm", 0, width);
    each("self_attn.q_proj", heads, width, width);
    each("self_attn.k_proj", keyHeads, keyWidth, width);
    each("self_attn.v_proj", 0, keyWidth, width);
    each("self_attn.o_proj", 0, width, width);
    each("post_attention_layernorm", 0, width);
    each("mlp.gate_proj", 0, inner, width);
    each("mlp.down_proj", 0, width, inner);
    each("mlp.up_proj", 0, inner, width);
    put("model.norm.weight", width);
    end += (long) positions * (width / heads) * Float.BYTES; // two tables of the rotations
    if (!tied) {
      put("lm_head.weight", vocabulary, width);
    }
  }

  private void each(String module, int headsToTurn, long... shape) {
    for (int layer = 0; layer < layers; layer++) {
      put("model.layers.%d.%s.weight".formatted(layer, module), new Part(end, headsToTurn, shape));
    }
  }

  private void put(String name, long... shape) {
    put(name, new Part(end, 0, shape));
  }

  private void put(String name, Part part) {
    parts.put(name, part);
    long size = Float.BYTES;
    for (long d : part.shape()) {
      size *= d;
    }
    end += size;
  }

  int vocabulary() {
    return vocabulary;
  }

  int positions() {
    return positions;
  }

  /** The configuration as Hugging Face's LlamaForCausalLM writes it. */
  ObjectNode config() {
    ObjectNode config = StrictJson.object();
    config.putArray("architectures").add("LlamaForCausalLM");
    config.put("attention_bias", false);
    config.put("attention_dropout", 0.0);
    config.put("bos_token_id", Llama2cTokenizer.START);
    config.put("eos_token_id", Llama2cTokenizer.END);
    config.put("head_dim", width / heads);
    config.put("hidden_act", "silu");
    config.put("hidden_size", width);
    config.put("initializer_range", 0.02);
    config.put("intermediate_size", inner);
    config.put("max_position_embeddings", positions);
    config.put("mlp_bias", false);
    config.put("model_type", "llama");
    config.put("num_attention_heads", heads);
    config.put("num_hidden_layers", layers);
    config.put("num_key_value_heads", keyHeads);
    config.put("rms_norm_eps", 1e-5); // fixed in llama2.c, as the next
    config.put("rope_theta", 10000.0);
    config.putNull("rope_scaling");
    config.put("tie_word_embeddings", tied);
    config.put("torch_dtype", "float32");
    config.put("use_cache", true);
    config.put("vocab_size", vocabulary);
    return config;
  }

  /** Adds all weights. */
  void addTo(CheckpointWriter writer) {
    parts.forEach((name, part) -> writer.add(name, Dtype.F32, part.shape(), () -> read(part)));
  }

  private INDArray read(Part part) {
    int columns = (int) part.shape()[part.shape().length - 1];
    long[] next = {0};
    return ArrayTransfer.read(
        part.shape(),
        (into, count) -> {
          for (int at = 0; at < count; ) {
            long row = next[0] / columns;
            int column = (int) (next[0] % columns);
            int length = Math.min(columns - column, count - at);
            long from = sourceRow(part, row) * columns + column;
            bytes(part.offset() + from * Float.BYTES, length * Float.BYTES)
                .asFloatBuffer()
                .get(into, at, length);
            at += length;
            next[0] += length;
          }
        });
  }

  private static long sourceRow(Part part, long row) {
    if (part.headsToTurn() == 0) {
      return row;
    }
    long size = part.shape()[0] / part.headsToTurn();
    long within = row % size;
    long half = size / 2;
    return row - within + 2 * (within % half) + within / half;
  }

  private long size() {
    try {
      return channel.size();
    } catch (IOException e) {
      throw CheckpointException.reading(file, e);
    }
  }

  private ByteBuffer bytes(long offset, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    try {
      SafetensorsHeader.readFully(file, channel, bytes, offset);
    } catch (IOException e) {
      throw CheckpointException.reading(file, e);
    }
    return bytes.flip();
  }
}
