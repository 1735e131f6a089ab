package dev.orthant.core.checkpoint;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.ShapeMismatchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class PeftAdapterFolderTest {

  private static final String QUERY = "encoder.layer.0.attention.self.query";
  private static final String KEY = "base_model.model." + QUERY;
  private static final String CONFIG =
      "{\"peft_type\":\"LORA\",\"r\":2,\"lora_alpha\":4,\"target_modules\":[\"query\"]%s}";
  private static final INDArray A = Nd4j.createFromArray(new float[][] {{1, 2, 3}, {4, 5, 6}});
  private static final INDArray B =
      Nd4j.createFromArray(new float[][] {{1, 0}, {0, 1}, {1, 1}, {2, -1}});

  @TempDir Path folder;

  @Test
  void writesTheKeysShapesAndFieldsOfPeft() throws IOException {
    Path target = folder.resolve("adapter");
    PeftConfig config =
        new PeftConfig(
            2,
            4,
            false,
            0.05,
            Map.of("b", 2),
            Map.of("x", 0.5),
            ModuleNames.of("query", "value"),
            null,
            List.of(),
            List.of(),
            List.of("classifier"),
            "none",
            false,
            "SEQ_CLS",
            "bert-base-uncased",
            null,
            Map.of());
    INDArray head = Nd4j.ones(DataType.FLOAT, 2, 4);

    PeftAdapterFolder.write(
        target, new PeftAdapter(config, modules(A, B), Map.of("classifier.weight", head)));

    try (Stream<Path> files = Files.list(target)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("adapter_config.json", "adapter_model.safetensors");
    }
    try (SafetensorsFile file = SafetensorsFile.open(target.resolve("adapter_model.safetensors"))) {
      assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
      assertThat(file.names())
          .containsExactly(
              "base_model.model.classifier.weight", KEY + ".lora_A.weight", KEY + ".lora_B.weight");
      assertThat(file.info(KEY + ".lora_A.weight").shape()).containsExactly(2, 3);
      assertThat(file.info(KEY + ".lora_B.weight").shape()).containsExactly(4, 2);
    }
    // json.dumps(..., indent=2, sort_keys=True) of the same fields
    assertThat(Files.readString(target.resolve("adapter_config.json")))
        .isEqualTo(
            """
            {
              "alpha_pattern": {
                "x": 0.5
              },
              "auto_mapping": null,
              "base_model_name_or_path": "bert-base-uncased",
              "bias": "none",
              "fan_in_fan_out": false,
              "inference_mode": true,
              "init_lora_weights": true,
              "layers_pattern": null,
              "layers_to_transform": null,
              "lora_alpha": 4,
              "lora_dropout": 0.05,
              "modules_to_save": [
                "classifier"
              ],
              "peft_type": "LORA",
              "r": 2,
              "rank_pattern": {
                "b": 2
              },
              "revision": null,
              "target_modules": [
                "query",
                "value"
              ],
              "task_type": "SEQ_CLS",
              "use_rslora": false
            }""");
  }

  @Test
  void readsBackTheSameBits() {
    Path target = folder.resolve("adapter");
    INDArray a = Nd4j.randn(DataType.FLOAT, 2, 7);
    INDArray b = Nd4j.randn(DataType.FLOAT, 5, 2);
    PeftConfig config =
        new PeftConfig(
            2,
            3.7,
            true,
            0.1,
            Map.of(),
            Map.of("q", 1.5),
            ModuleNames.pattern(".*query"),
            ModuleNames.of("value"),
            List.of(),
            List.of(),
            List.of(),
            "none",
            true,
            "FEATURE_EXTRACTION",
            "dépôt",
            "main",
            Map.of());

    PeftAdapterFolder.write(target, new PeftAdapter(config, modules(a, b), Map.of("h", a)));
    PeftAdapter read = PeftAdapterFolder.read(target);

    assertThat(read.config()).isEqualTo(config);
    assertThat(read.warnings()).isEmpty();
    LoraDelta delta = read.deltas().get(QUERY);
    assertThatTensor(delta.a()).hasSameBitsAs(a);
    assertThatTensor(delta.b()).hasSameBitsAs(b);
    assertThat(delta.scaling()).isEqualTo(3.7 / Math.sqrt(2));
    assertThatTensor(read.saved().get("h")).hasSameBitsAs(a);
  }

  @ParameterizedTest
  @ValueSource(strings = {".lora_%s.weight", ".lora_%s.default.weight"})
  void readsKeysWithAndWithoutTheAdaptersName(String suffix) throws IOException {
    writeConfig("");
    new SafetensorsWriter()
        .add(KEY + suffix.formatted("A"), A)
        .add(KEY + suffix.formatted("B"), B)
        .add("base_model.model.classifier.modules_to_save.default.bias", Nd4j.ones(3))
        .add("base_model.model.encoder.x.base_layer.bias", Nd4j.ones(3))
        .write(weights());

    PeftAdapter adapter = PeftAdapterFolder.read(folder);

    assertThatTensor(adapter.deltas().get(QUERY).a()).hasSameBitsAs(A);
    assertThat(adapter.saved()).containsOnlyKeys("classifier.bias", "encoder.x.bias");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lora_AB.weight", "lora_mixer.weight"})
  void foldsAMixerIntoA(String mixerName) throws IOException {
    // M A by hand: [[1, 2], [0, -1]] [[1, 2, 3], [4, 5, 6]] = [[9, 12, 15], [-4, -5, -6]]
    writeConfig(",\"lora_use_mixer\":true");
    writePair()
        .add(KEY + "." + mixerName, Nd4j.createFromArray(new float[][] {{1, 2}, {0, -1}}))
        .write(weights());

    PeftAdapter adapter = PeftAdapterFolder.read(folder);

    assertThatTensor(adapter.deltas().get(QUERY).a())
        .hasSameBitsAs(Nd4j.createFromArray(new float[][] {{9, 12, 15}, {-4, -5, -6}}));
    assertThat(adapter.modules().get(QUERY)).containsOnlyKeys("lora_A.weight", "lora_B.weight");
    assertThat(adapter.warnings())
        .containsExactly(weights() + ": folded the mixers of 1 modules into lora_A");
  }

  @Test
  void refusesAMixerThatIsSaidToBeThereButIsNot() throws IOException {
    writeConfig(",\"lora_use_mixer\":true");
    writePair().write(weights());

    assertReadFails("holds no mixer (lora_AB.weight)");
  }

  @Test
  void refusesTransposedFiles() throws IOException {
    writeConfig("");
    new SafetensorsWriter().add(KEY + ".lora_A", A.transpose()).write(weights());

    assertReadFails("files of PaddleNLP store transposes and are not read");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lora_diag",
        "lora_A.other.weight",
        "lora_C.weight",
        "token_adapter.trainable_tokens_original"
      })
  void refusesTensorsThatPlainLoraDoesNotHave(String name) throws IOException {
    writeConfig("");
    writePair().add(KEY + "." + name, Nd4j.ones(DataType.FLOAT, 4)).write(weights());

    assertReadFails("tensor '" + KEY + "." + name + "' is not one of plain LoRA");
  }

  @Test
  void namesTheTensorThatIsWrong() throws IOException {
    writeConfig("");

    new SafetensorsWriter().write(weights());
    assertReadFails("adapter_model.safetensors: holds no lora_A and lora_B tensors");

    new SafetensorsWriter().add(KEY + ".lora_A.weight", A).write(weights());
    assertReadFails("has lora_A.weight but no tensor '" + KEY + ".lora_B.weight'");

    new SafetensorsWriter().add(KEY + ".lora_B.weight", B).write(weights());
    assertReadFails("has lora_B.weight but no tensor '" + KEY + ".lora_A.weight'");

    new SafetensorsWriter().add(QUERY + ".lora_A.weight", A).write(weights());
    assertReadFails("'" + QUERY + ".lora_A.weight' does not begin with 'base_model.model.'");

    writePair().add(KEY + ".lora_A.default.weight", A).write(weights());
    assertReadFails("holds tensor '" + KEY + ".lora_A.weight' twice");

    writePair()
        .add("base_model.model.words.token_adapter.trainable_tokens_delta", Nd4j.ones(1, 3))
        .write(weights());
    assertReadFails(
        "trainable_token_indices is null in the configuration, but there are 1 tensors");

    writePair().add(KEY + ".lora_AB.weight", Nd4j.ones(DataType.FLOAT, 3, 3)).write(weights());
    assertReadFails("'" + KEY + ".lora_AB.weight' has shape [3, 3], expected [2, 2]");

    writePair()
        .add(KEY + ".lora_mixer.weight", Nd4j.ones(DataType.FLOAT, 2, 2))
        .add(KEY + ".lora_magnitude_vector", Nd4j.ones(DataType.FLOAT, 4))
        .write(weights());
    assertReadFails("has a mixer and a lora_magnitude_vector");

    new SafetensorsWriter()
        .add(KEY + ".lora_A.weight", Nd4j.ones(DataType.FLOAT, 3, 3))
        .add(KEY + ".lora_B.weight", Nd4j.ones(DataType.FLOAT, 4, 3))
        .write(weights());
    assertReadFails("'" + KEY + ".lora_A.weight' has shape [3, 3], expected [2, dIn]");

    new SafetensorsWriter()
        .add(KEY + ".lora_A.weight", A)
        .add(KEY + ".lora_B.weight", Nd4j.ones(DataType.FLOAT, 2, 4))
        .write(weights());
    assertReadFails("'" + KEY + ".lora_B.weight' has shape [2, 4], expected [dOut, 2]");

    INDArray broken = A.dup();
    broken.putScalar(1, 1, Float.NaN);
    new SafetensorsWriter().add(KEY + ".lora_A.weight", broken).write(weights());
    assertReadFails("'" + KEY + ".lora_A.weight' holds NaN at index 4, expected finite numbers");
  }

  @Test
  void tensorsBesideTheTrainedOnesAreNotTakenForThem() throws IOException {
    // what `bias: all` has in files of PEFT up to 0.18, where a module is trained whole
    writeConfig(",\"bias\":\"all\",\"modules_to_save\":[\"classifier\"]");
    writePair()
        .add("base_model.model.classifier.original_module.bias", Nd4j.zeros(3))
        .add("base_model.model.classifier.modules_to_save.bias", Nd4j.ones(3))
        .add("base_model.model.classifier.bias", Nd4j.ones(3))
        .add("base_model.model.classifier.weight", Nd4j.ones(3, 2))
        .write(weights());

    PeftAdapter adapter = PeftAdapterFolder.read(folder);

    assertThat(adapter.saved()).containsOnlyKeys("classifier.bias", "classifier.weight");
    assertThatTensor(adapter.saved().get("classifier.bias")).hasSameBitsAs(Nd4j.ones(3));
    assertThat(adapter.deltas()).containsOnlyKeys(QUERY);
  }

  @Test
  void deltasOfWeightsAreNotGivenForAnAdapterThatChangesBiases() throws IOException {
    writeConfig(",\"bias\":\"lora_only\"");
    writePair().add(KEY + ".base_layer.bias", Nd4j.ones(4)).write(weights());

    PeftAdapter adapter = PeftAdapterFolder.read(folder);

    assertThat(adapter.saved()).containsOnlyKeys(QUERY + ".bias");
    assertThatThrownBy(adapter::deltas)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("also changes 1 biases or rows of embeddings (" + QUERY + ".bias)")
        .hasMessageContaining("orthant import ADAPTER FOLDER --base MODEL");
  }

  @Test
  void namesWhatIsMissing() throws IOException {
    assertReadFails("has no adapter_config.json, so it is not an adapter folder");

    Path below = Files.createDirectory(folder.resolve("checkpoint-10"));
    Files.writeString(below.resolve("adapter_config.json"), "{}");
    assertReadFails("did you mean " + below + "?");

    writeConfig("");
    assertReadFails("has no adapter_model.safetensors");

    Files.write(folder.resolve("adapter_model.bin"), new byte[1]);
    assertReadFails("turn it into one with orthant import --allow-pickle");

    assertThatThrownBy(() -> PeftAdapterFolder.read(folder.resolve("none")))
        .hasMessageContaining("there is no such folder");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"lora_bias\":true | has no lora_B.bias, but lora_bias is true",
        "\"lora_bias\":true,\"use_dora\":true | lora_bias goes with neither use_dora nor",
        "\"lora_bias\":true,\"init_lora_weights\":\"gaussian\" | lora_bias goes with neither",
        "\"megatron_config\":{\"a\":1} | megatron_config is not supported",
        "\"layer_replication\":[[0,4],[2,6]] | layer_replication is not supported",
        "\"target_parameters\":[\"experts\"] | target_parameters is not supported",
        "\"trainable_token_indices\":[1] | trainable_token_indices is [1] in the configuration, but there are 0 tensors",
        "\"alora_invocation_tokens\":[1,2] | alora_invocation_tokens is not supported",
        "\"arrow_config\":{\"top_k\":2} | arrow_config is not supported",
        "\"kasa_config\":{\"beta\":1} | kasa_config is not supported",
        "\"init_lora_weights\":\"pissa_niter_4\" | 'pissa_niter_4' changes the base weights",
        "\"init_lora_weights\":\"pissa_niter_16\" | path_initial_model_for_weight_conversion",
        "\"init_lora_weights\":\"corda\" | changes the base weights",
        "\"init_lora_weights\":\"lora_ga\" | changes the base weights",
        "\"init_lora_weights\":\"loftq\" | changes the base weights",
        "\"lora_bias\":true,\"init_lora_weights\":\"pissa\" | lora_bias goes with neither use_dora nor init_lora_weights 'pissa'",
        "\"lora_dropout\":1.5 | lora_dropout must be in [0, 1), was 1.5",
        "\"task_type\":\"NONSENSE\" | task_type is unknown: 'NONSENSE'",
        "\"rank_pattern\":{\"query\":\"four\"} | rank_pattern.query must be a whole number, was \"four\"",
        "\"use_rslora\":1 | use_rslora must be true or false, was 1",
        "\"modules_to_save\":[3] | modules_to_save must be a string, was 3",
        "\"r\":4 | Duplicate",
      })
  void refusesConfigurationsThatChangeTheMeaning(String field, String message) throws IOException {
    writeConfig("," + field);
    writePair().write(weights());

    assertReadFails(message);
  }

  @Test
  void refusesOtherMethods() throws IOException {
    Files.writeString(folder.resolve("adapter_config.json"), "{\"peft_type\":\"VERA\"}");
    writePair().write(weights());

    assertReadFails("peft_type is \"VERA\", expected \"LORA\"");
  }

  @Test
  void warnsOfUnknownFieldsAndReadsThoseOfManyVersions() throws IOException {
    writeConfig(
        """
        ,"alora_invocation_tokens":null,"arrow_config":null,"auto_mapping":{"base_model_class":"BertModel"},
        "bias":"none","corda_config":null,"ensure_weight_tying":false,"eva_config":null,
        "exclude_modules":null,"fan_in_fan_out":false,"inference_mode":true,"init_lora_weights":"gaussian",
        "layer_replication":null,"layers_pattern":null,"layers_to_transform":2,"loftq_config":{},
        "lora_bias":false,"megatron_config":null,"megatron_core":"megatron.core","modules_to_save":null,
        "peft_version":"0.18.0","qalora_group_size":16,"rank_pattern":{},"revision":null,
        "target_parameters":null,"task_type":null,"trainable_token_indices":null,"use_dora":false,
        "use_qalora":false,"use_rslora":false,"enable_lora":null,"merge_weights":false,
        "from_the_future":1""");
    writePair().write(weights());

    PeftAdapter adapter = PeftAdapterFolder.read(folder);

    assertThat(adapter.warnings())
        .containsExactly(
            folder.resolve("adapter_config.json") + ": unknown field 'from_the_future' is ignored");
    assertThat(adapter.config().layersToTransform()).containsExactly(2);
  }

  @Test
  void turnsTheFactorsOfAnEmbedding() throws IOException {
    // weight [words, dOut] += scaling * (B A)': words 3, dOut 4
    writeConfig("");
    new SafetensorsWriter()
        .add("base_model.model.embeddings.word_embeddings.lora_embedding_A", A)
        .add("base_model.model.embeddings.word_embeddings.lora_embedding_B", B)
        .write(weights());

    LoraDelta delta = PeftAdapterFolder.read(folder).deltas().get("embeddings.word_embeddings");

    assertThat(delta.shape()).containsExactly(3, 4);
    assertThatTensor(delta.dense())
        .hasSameBitsAs(
            Nd4j.createFromArray(new float[][] {{2, 8, 10, -4}, {4, 10, 14, -2}, {6, 12, 18, 0}}));
  }

  @Test
  void widensHalfPrecision() throws IOException {
    writeConfig("");
    new SafetensorsWriter()
        .add(KEY + ".lora_A.weight", A.castTo(DataType.FLOAT16))
        .add(KEY + ".lora_B.weight", B.castTo(DataType.BFLOAT16))
        .write(weights());

    LoraDelta delta = PeftAdapterFolder.read(folder).deltas().get(QUERY);

    assertThatTensor(delta.a()).hasSameBitsAs(A);
    assertThatTensor(delta.b()).hasSameBitsAs(B);
  }

  @Test
  void doesNotWriteWhatItWouldNotRead() throws IOException {
    Path target = folder.resolve("adapter");
    PeftAdapter wrong =
        new PeftAdapter(PeftConfig.of(3, 3, ModuleNames.of("query")), modules(A, B), Map.of());

    assertThatThrownBy(() -> PeftAdapterFolder.write(target, wrong))
        .isInstanceOf(ShapeMismatchException.class)
        .hasMessage("tensor '" + KEY + ".lora_A.weight' has shape [2, 3], expected [3, 3]");

    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  private static Map<String, Map<String, INDArray>> modules(INDArray a, INDArray b) {
    Map<String, INDArray> pair = new LinkedHashMap<>();
    pair.put("lora_A.weight", a);
    pair.put("lora_B.weight", b);
    return Map.of(QUERY, pair);
  }

  private static SafetensorsWriter writePair() {
    return new SafetensorsWriter().add(KEY + ".lora_A.weight", A).add(KEY + ".lora_B.weight", B);
  }

  private Path weights() {
    return folder.resolve("adapter_model.safetensors");
  }

  private void writeConfig(String more) throws IOException {
    Files.writeString(folder.resolve("adapter_config.json"), CONFIG.formatted(more));
  }

  private void assertReadFails(String message) {
    assertThatThrownBy(() -> PeftAdapterFolder.read(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(message);
  }
}
