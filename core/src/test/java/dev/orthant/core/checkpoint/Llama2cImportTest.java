package dev.orthant.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.text.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Imports a Llama of width 8 whose numbers count up from 0. */
final class Llama2cImportTest {

  private static final int WIDTH = 8;
  private static final int INNER = 3;
  private static final int LAYERS = 2;
  private static final int HEADS = 2;
  private static final int KEY_HEADS = 1;
  private static final int POSITIONS = 16;
  private static final String LETTERS = " abcdeé";

  @TempDir Path folder;
  private final List<String> pieces = new ArrayList<>();
  private final List<Float> scores = new ArrayList<>();
  private Path model;
  private Path tokenizer;

  @BeforeEach
  void write() throws IOException {
    makePieces();
    tokenizer = Files.write(folder.resolve("tok.bin"), tokenizerFile());
    model = Files.write(folder.resolve("model.bin"), modelFile(pieces.size(), 0));
  }

  @Test
  void everyTensorIsFoundAtItsPlace() {
    ModelImport.llama2c(model, tokenizer, target(), false);

    try (HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(target())) {
      int vocabulary = pieces.size();
      int attentionNorms = vocabulary * WIDTH;
      int queries = attentionNorms + LAYERS * WIDTH;
      int keys = queries + LAYERS * WIDTH * WIDTH;
      int values = keys + LAYERS * 4 * WIDTH;
      int outputs = values + LAYERS * 4 * WIDTH;
      int innerNorms = outputs + LAYERS * WIDTH * WIDTH;
      int gates = innerNorms + LAYERS * WIDTH;
      int downs = gates + LAYERS * INNER * WIDTH;
      int ups = downs + LAYERS * INNER * WIDTH;
      int lastNorm = ups + LAYERS * INNER * WIDTH;
      String layer = "model.layers.1.";
      assertThat(checkpoint.names()).hasSize(2 + 9 * LAYERS);
      assertFirst(checkpoint, "model.embed_tokens.weight", 0, vocabulary, WIDTH);
      assertFirst(checkpoint, layer + "input_layernorm.weight", attentionNorms + WIDTH, WIDTH);
      assertFirst(
          checkpoint, layer + "self_attn.q_proj.weight", queries + WIDTH * WIDTH, WIDTH, WIDTH);
      assertFirst(checkpoint, layer + "self_attn.k_proj.weight", keys + 4 * WIDTH, 4, WIDTH);
      assertFirst(checkpoint, layer + "self_attn.v_proj.weight", values + 4 * WIDTH, 4, WIDTH);
      assertFirst(
          checkpoint, layer + "self_attn.o_proj.weight", outputs + WIDTH * WIDTH, WIDTH, WIDTH);
      assertFirst(checkpoint, layer + "post_attention_layernorm.weight", innerNorms + WIDTH, WIDTH);
      assertFirst(checkpoint, layer + "mlp.gate_proj.weight", gates + INNER * WIDTH, INNER, WIDTH);
      assertFirst(checkpoint, layer + "mlp.down_proj.weight", downs + INNER * WIDTH, WIDTH, INNER);
      assertFirst(checkpoint, layer + "mlp.up_proj.weight", ups + INNER * WIDTH, INNER, WIDTH);
      assertFirst(checkpoint, "model.norm.weight", lastNorm, WIDTH);
    }
  }

  @Test
  void neighboursOfARotationBecomeHalves() {
    ModelImport.llama2c(model, tokenizer, target(), false);

    try (HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(target())) {
      int first = pieces.size() * WIDTH + LAYERS * WIDTH; // of the queries
      float[] rows =
          checkpoint.read("model.layers.0.self_attn.q_proj.weight").getColumn(0).toFloatVector();
      // two heads of 4 rows: 0 2 1 3 | 4 6 5 7
      assertThat(rows)
          .containsExactly(
              first,
              first + 2 * WIDTH,
              first + WIDTH,
              first + 3 * WIDTH,
              first + 4 * WIDTH,
              first + 6 * WIDTH,
              first + 5 * WIDTH,
              first + 7 * WIDTH);
      assertThat(
              checkpoint
                  .read("model.layers.0.self_attn.v_proj.weight")
                  .getColumn(0)
                  .toFloatVector())
          .isSorted();
    }
  }

  @Test
  void theConfigurationIsLlamas() {
    ModelImport.llama2c(model, tokenizer, target(), false);

    JsonNode config = StrictJson.read(target().resolve("config.json"));
    assertThat(config.path("model_type").asText()).isEqualTo("llama");
    assertThat(config.path("hidden_size").asInt()).isEqualTo(WIDTH);
    assertThat(config.path("intermediate_size").asInt()).isEqualTo(INNER);
    assertThat(config.path("num_hidden_layers").asInt()).isEqualTo(LAYERS);
    assertThat(config.path("num_attention_heads").asInt()).isEqualTo(HEADS);
    assertThat(config.path("num_key_value_heads").asInt()).isEqualTo(KEY_HEADS);
    assertThat(config.path("max_position_embeddings").asInt()).isEqualTo(POSITIONS);
    assertThat(config.path("vocab_size").asInt()).isEqualTo(pieces.size());
    assertThat(config.path("tie_word_embeddings").asBoolean()).isTrue();
  }

  @Test
  void aNegativeVocabularyHasAnOutputOfItsOwn() throws IOException {
    Files.write(model, modelFile(-pieces.size(), pieces.size() * WIDTH));

    ModelImport.llama2c(model, tokenizer, target(), false);

    try (HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(target())) {
      assertThat(checkpoint.config().path("tie_word_embeddings").asBoolean()).isFalse();
      assertThat(checkpoint.info("lm_head.weight").shape()).containsExactly(pieces.size(), WIDTH);
    }
  }

  @Test
  void textGetsTheTokensOfLlama2c() {
    ModelImport.llama2c(model, tokenizer, target(), false);
    SplittableRandom random = new SplittableRandom(3);

    try (Tokenizer imported = Tokenizer.open(target().resolve("tokenizer.json"), 512)) {
      for (int i = 0; i < 300; i++) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(40); n > 0; n--) {
          int next = random.nextInt(LETTERS.length() + 2);
          text.append(next < LETTERS.length() ? LETTERS.substring(next, next + 1) : "中\n");
        }
        assertThat(imported.encode(text.toString(), null).tokenIds())
            .as(text.toString())
            .containsExactly(encoded(text.toString()));
        assertThat(imported.decode(encoded(text.toString()))).isEqualTo(text.toString());
      }
    }
  }

  @Test
  void whatIsNotOfThisFormIsRefused() throws IOException {
    byte[] good = Files.readAllBytes(model);
    Files.write(
        model,
        ByteBuffer.allocate(256)
            .put("24ka".getBytes(StandardCharsets.US_ASCII))
            .put((byte) 1)
            .array());
    assertImportFails("model.bin: is of version 1 of llama2.c's form; export it with --version 0");
    Files.write(model, new byte[12]);
    assertImportFails("model.bin: is too short for a model of llama2.c");
    Files.write(model, new byte[100]);
    assertImportFails("model.bin: dim must be at least 1, was 0");
    Files.write(model, Arrays.copyOf(good, good.length - 4));
    assertImportFails(
        "its header (2 layers of width 8, %d tokens) asks for".formatted(pieces.size()));

    Files.write(model, good);
    byte[] words = Files.readAllBytes(tokenizer);
    Files.write(tokenizer, Arrays.copyOf(words, words.length - 1));
    assertImportFails("tok.bin: ends after %d pieces".formatted(pieces.size() - 1));
    Files.write(tokenizer, Arrays.copyOf(words, words.length + 1));
    assertImportFails("tok.bin: has more than the %d pieces".formatted(pieces.size()));
    pieces.set(pieces.size() - 1, "a");
    Files.write(tokenizer, tokenizerFile());
    assertImportFails("are both 'a'");
  }

  private void assertImportFails(String message) {
    assertThatThrownBy(() -> ModelImport.llama2c(model, tokenizer, target(), false))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(message);
    assertThat(target()).doesNotExist();
  }

  private static void assertFirst(
      HuggingFaceCheckpoint checkpoint, String name, int first, long... shape) {
    assertThat(checkpoint.info(name).shape()).containsExactly(shape);
    assertThat(checkpoint.read(name).data().getFloat(0)).as(name).isEqualTo(first);
  }

  private Path target() {
    return folder.resolve("imported");
  }

  /** As llama2.c encodes, word for word of its description: characters, then the best join. */
  private int[] encoded(String text) {
    List<Integer> tokens = new ArrayList<>();
    if (!text.isEmpty()) {
      tokens.add(pieces.indexOf(" "));
    }
    text.codePoints()
        .forEach(
            c -> {
              int id = pieces.indexOf(Character.toString(c));
              if (id >= 0) {
                tokens.add(id);
                return;
              }
              for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                tokens.add((b & 0xff) + 3);
              }
            });
    while (true) {
      float best = -1e10f;
      int at = -1;
      int id = -1;
      for (int i = 0; i + 1 < tokens.size(); i++) {
        int joined = pieces.indexOf(pieces.get(tokens.get(i)) + pieces.get(tokens.get(i + 1)));
        if (joined >= 0 && scores.get(joined) > best) {
          best = scores.get(joined);
          at = i;
          id = joined;
        }
      }
      if (at < 0) {
        break;
      }
      tokens.set(at, id);
      tokens.remove(at + 1);
    }
    tokens.add(0, 1);
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  private void makePieces() {
    add("<unk>", 0);
    add("\n<s>\n", 0);
    add("\n</s>\n", 0);
    for (int i = 0; i < 256; i++) {
      add("<0x%02X>".formatted(i), 0);
    }
    SplittableRandom random = new SplittableRandom(2);
    for (int joins = 0; joins < 60; joins++) {
      List<String> parts = pieces.subList(259, pieces.size());
      String left = joins < LETTERS.length() ? "" : parts.get(random.nextInt(parts.size()));
      String right =
          joins < LETTERS.length()
              ? LETTERS.substring(joins, joins + 1)
              : parts.get(random.nextInt(parts.size()));
      if (!pieces.contains(left + right) && (left + right).length() < 8) {
        add(left + right, -joins);
      }
    }
  }

  private void add(String piece, float score) {
    pieces.add(piece);
    scores.add(score);
  }

  private byte[] tokenizerFile() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(little(4).putInt(16).array());
    for (int i = 0; i < pieces.size(); i++) {
      byte[] text = pieces.get(i).getBytes(StandardCharsets.UTF_8);
      out.write(little(8).putFloat(scores.get(i)).putInt(text.length).array());
      out.write(text);
    }
    return out.toByteArray();
  }

  private byte[] modelFile(int vocabulary, int output) {
    int keyWidth = WIDTH / HEADS * KEY_HEADS;
    int numbers =
        Math.abs(vocabulary) * WIDTH
            + LAYERS * (2 * WIDTH + 2 * WIDTH * WIDTH + 2 * keyWidth * WIDTH + 3 * INNER * WIDTH)
            + WIDTH
            + POSITIONS * WIDTH / HEADS
            + output;
    ByteBuffer out = little(28 + 4 * numbers);
    for (int n : new int[] {WIDTH, INNER, LAYERS, HEADS, KEY_HEADS, vocabulary, POSITIONS}) {
      out.putInt(n);
    }
    for (int i = 0; i < numbers; i++) {
      out.putFloat(i);
    }
    return out.array();
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
