package dev.orthant.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.text.Tokenizer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Imports a BERT of width 4 whose every number tells where it was. */
final class TensorFlowImportTest {

  private static final List<String> PIECES =
      List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "capital", "##s");
  private static final int LAYERS = 11; // two digits

  @TempDir Path folder;
  private Path index;
  private Path vocabulary;

  @BeforeEach
  void write() throws IOException {
    vocabulary = Files.write(folder.resolve("vocab.txt"), PIECES);
    index = bundle("module/").write(folder.resolve("variables"), "variables");
  }

  @Test
  void namesAndTurnsEveryTensorAsHuggingFaceDoes() {
    ModelImport.tensorFlow(index, vocabulary, 2, target(), false);

    try (HuggingFaceCheckpoint model = HuggingFaceCheckpoint.open(target())) {
      List<String> expected = new ArrayList<>();
      BertLayout.tensors(LAYERS).forEach(name -> expected.add("bert." + name));
      expected.addAll(
          List.of(
              "bert.pooler.dense.weight",
              "bert.pooler.dense.bias",
              "cls.predictions.bias",
              "cls.predictions.transform.dense.weight",
              "cls.predictions.transform.dense.bias",
              "cls.predictions.transform.LayerNorm.weight",
              "cls.predictions.transform.LayerNorm.bias",
              "cls.seq_relationship.weight",
              "cls.seq_relationship.bias"));
      assertThat(model.names()).containsExactlyInAnyOrderElementsOf(expected);
      // a kernel [in, out] holds 100 in + out + a constant
      assertThat(model.info("bert.encoder.layer.10.intermediate.dense.weight").shape())
          .containsExactly(6, 4);
      assertThat(model.read("bert.encoder.layer.10.intermediate.dense.weight").getFloat(5, 3))
          .isEqualTo(305);
      assertThat(model.read("bert.embeddings.word_embeddings.weight").getFloat(7, 3))
          .isEqualTo(703);
      assertThat(model.read("cls.seq_relationship.weight").getFloat(1, 2)).isEqualTo(102);
      assertThat(model.read("bert.encoder.layer.0.output.LayerNorm.weight").getFloat(2))
          .isEqualTo(2);
    }
  }

  @Test
  void writesTheConfigurationOfItsShapes() {
    ModelImport.tensorFlow(index, vocabulary, 2, target(), false);

    assertThat(StrictJson.read(target().resolve("config.json")).toString())
        .contains(
            "\"architectures\":[\"BertForPreTraining\"]",
            "\"hidden_size\":4",
            "\"intermediate_size\":6",
            "\"num_hidden_layers\":11",
            "\"num_attention_heads\":2",
            "\"max_position_embeddings\":9",
            "\"type_vocab_size\":2",
            "\"vocab_size\":8",
            "\"layer_norm_eps\":1.0E-12");
  }

  @Test
  void theTokenizerIsOneThatBothReadersRead() {
    ModelImport.tensorFlow(index, vocabulary, 2, target(), false);
    Path json = target().resolve("tokenizer.json");

    try (Tokenizer fromJson = Tokenizer.open(json, 32);
        Tokenizer fromLines = Tokenizer.open(vocabulary, 32)) {
      for (String text : List.of("The CAPITALS", "the [MASK] cápital unknown", "", "s")) {
        assertThat(fromJson.encode(text, null).tokenIds())
            .containsExactly(fromLines.encode(text, null).tokenIds());
        assertThat(fromJson.encode(text, "the").tokenIds())
            .containsExactly(fromLines.encode(text, "the").tokenIds());
      }
    }
  }

  @Test
  void aZipOfASavedModelIsUnpackedAndLeavesNothing() throws IOException {
    Path classes = Files.createDirectory(folder.resolve("classes"));
    zip(classes.resolve("model.zip"), "assets/vocab.txt", "variables/variables.index");
    zip(classes.resolve("empty.zip"), "assets/vocab.txt");
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, null)) {
      ModelImport.tensorFlowResource(loader, "model.zip", 2, target(), false);

      assertThat(target()).isDirectoryContaining("glob:**model.safetensors");
      assertThatThrownBy(
              () ->
                  ModelImport.tensorFlowResource(
                      loader, "empty.zip", 2, folder.resolve("other"), false))
          .hasMessage("empty.zip: is not a ZIP of a SavedModel with variables/variables.index");
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("classes", "model", "variables", "vocab.txt");
    }
  }

  @Test
  void aDamagedTensorIsNamed() throws IOException {
    Path data = index.resolveSibling("variables.data-00000-of-00001");
    byte[] bytes = Files.readAllBytes(data);
    bytes[5] ^= 1;
    Files.write(data, bytes);

    assertImportFails(
        "is damaged: wrong checksum of tensor 'module/bert/embeddings/LayerNorm/beta'");
    Files.write(data, new byte[3]);
    assertImportFails("ends within tensor");
    Files.delete(data);
    assertImportFails("variables.data-00000-of-00001: is missing beside variables.index");
  }

  @Test
  void aDamagedIndexIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(index);
    byte[] changed = bytes.clone();
    changed[40] ^= 1;
    Files.write(index, changed);
    assertImportFails("is damaged: wrong checksum of a block (at byte 0)");

    Files.write(index, Arrays.copyOf(bytes, bytes.length - 1));
    assertImportFails("is not an index of TensorFlow variables");
    Files.write(index, new byte[0]);
    assertImportFails("is not an index of TensorFlow variables");
  }

  @Test
  void compressedBlocksAreRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(index);
    int end = 0; // of the first block: its handle is the first value of the index block
    while (!(bytes[end] == 0 && restartsEndAt(bytes, end))) {
      end++;
    }
    bytes[end] = 1;
    Files.write(index, bytes);

    assertImportFails("block is compressed (Snappy), which is not read");
  }

  /** Whether one restart, at 0, ends here. */
  private static boolean restartsEndAt(byte[] bytes, int end) {
    return end >= 8
        && Arrays.equals(
            Arrays.copyOfRange(bytes, end - 8, end), new byte[] {0, 0, 0, 0, 1, 0, 0, 0});
  }

  @Test
  void whatDoesNotFitIsNamed() throws IOException {
    assertThatThrownBy(() -> ModelImport.tensorFlow(index, vocabulary, 3, target(), false))
        .hasMessageContaining("has width 4, which 3 heads do not divide");

    Files.write(vocabulary, PIECES.subList(0, 6));
    assertImportFails("vocab.txt: has 6 pieces, the model has 8");
    Files.write(vocabulary, PIECES.subList(0, 4));
    assertImportFails("vocab.txt: has no piece '[MASK]'");
    Files.write(vocabulary, List.of("a", "b", "a"));
    assertImportFails("vocab.txt: has the piece 'a' in lines 1 and 3");

    Files.write(vocabulary, PIECES);
    index = new SyntheticBundle().add("w", new float[] {1}, 1).write(folder.resolve("o"), "o");
    assertImportFails("has no tensor for 'bert.embeddings.word_embeddings.weight'");
  }

  @Test
  void theHeadsMayBeToldByGooglesConfiguration() throws IOException {
    Path config = index.resolveSibling("bert_config.json");
    assertThatThrownBy(() -> ModelImport.tensorFlow(index, vocabulary, null, target(), false))
        .hasMessageContaining("there is no bert_config.json beside it");
    Files.writeString(config, "{\"hidden_act\": \"relu\"}");
    assertThatThrownBy(() -> ModelImport.tensorFlow(index, vocabulary, null, target(), false))
        .hasMessageContaining("hidden_act is 'relu', supported is 'gelu'");
    Files.writeString(config, "{\"num_attention_heads\": 4}");

    ModelImport.tensorFlow(index, vocabulary, null, target(), false);

    assertThat(StrictJson.read(target().resolve("config.json")).path("num_attention_heads").asInt())
        .isEqualTo(4);
  }

  private void assertImportFails(String message) {
    assertThatThrownBy(() -> ModelImport.tensorFlow(index, vocabulary, 2, target(), false))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(message);
    assertThat(target()).doesNotExist();
  }

  private Path target() {
    return folder.resolve("model");
  }

  private void zip(Path file, String... entries) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      List<String> all = new ArrayList<>(List.of(entries));
      all.add("variables/variables.data-00000-of-00001");
      all.add("../escape");
      for (String name : all) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(
            name.endsWith("vocab.txt")
                ? Files.readAllBytes(vocabulary)
                : name.startsWith("variables")
                    ? Files.readAllBytes(folder.resolve(name))
                    : new byte[1]);
        zip.closeEntry();
      }
    }
  }

  private static SyntheticBundle bundle(String prefix) {
    SyntheticBundle bundle = new SyntheticBundle();
    String bert = prefix + "bert/";
    matrix(bundle, bert + "embeddings/word_embeddings", 8, 4);
    matrix(bundle, bert + "embeddings/position_embeddings", 9, 4);
    matrix(bundle, bert + "embeddings/token_type_embeddings", 2, 4);
    norm(bundle, bert + "embeddings/LayerNorm");
    for (int i = 0; i < LAYERS; i++) {
      String layer = bert + "encoder/layer_" + i + "/";
      for (String module : List.of("query", "key", "value")) {
        dense(bundle, layer + "attention/self/" + module, 4, 4);
      }
      dense(bundle, layer + "attention/output/dense", 4, 4);
      norm(bundle, layer + "attention/output/LayerNorm");
      dense(bundle, layer + "intermediate/dense", 4, 6);
      dense(bundle, layer + "output/dense", 6, 4);
      norm(bundle, layer + "output/LayerNorm");
    }
    dense(bundle, bert + "pooler/dense", 4, 4);
    dense(bundle, prefix + "cls/predictions/transform/dense", 4, 4);
    norm(bundle, prefix + "cls/predictions/transform/LayerNorm");
    vector(bundle, prefix + "cls/predictions/output_bias", 8);
    matrix(bundle, prefix + "cls/seq_relationship/output_weights", 2, 4);
    vector(bundle, prefix + "cls/seq_relationship/output_bias", 2);
    matrix(bundle, bert + "pooler/dense/kernel/adam_m", 4, 4);
    return bundle;
  }

  private static void dense(SyntheticBundle bundle, String name, int in, int out) {
    matrix(bundle, name + "/kernel", in, out);
    vector(bundle, name + "/bias", out);
  }

  private static void norm(SyntheticBundle bundle, String name) {
    vector(bundle, name + "/gamma", 4);
    vector(bundle, name + "/beta", 4);
  }

  private static void vector(SyntheticBundle bundle, String name, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = i;
    }
    bundle.add(name, values, size);
  }

  private static void matrix(SyntheticBundle bundle, String name, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = 100 * (i / columns) + i % columns;
    }
    bundle.add(name, values, rows, columns);
  }
}
