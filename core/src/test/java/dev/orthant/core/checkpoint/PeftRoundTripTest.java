package dev.orthant.core.checkpoint;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.spi.CounterRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Folders with the keys, shapes and fields that PEFT gives them, for five families and versions
 * from 0.4 to 0.20, read and written again. The lists are of PEFT's sources and documentation; PEFT
 * itself was not at hand.
 */
final class PeftRoundTripTest {

  private static final String PREFIX = "base_model.model.";

  @TempDir Path folder;

  /**
   * A folder.
   *
   * @param name for messages
   * @param config its {@code adapter_config.json}
   * @param shapes key, without the prefix of all, to shape
   */
  record Fixture(String name, String config, Map<String, long[]> shapes) {

    Fixture(String name, String config) {
      this(name, config, new LinkedHashMap<>());
    }

    Fixture with(String key, long... shape) {
      shapes.put(key, shape);
      return this;
    }

    Fixture pair(String module, int rank, int dIn, int dOut) {
      return with(module + ".lora_A.weight", rank, dIn).with(module + ".lora_B.weight", dOut, rank);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void keyByKeyTheSame(Fixture fixture) throws IOException {
    Path original = Files.createDirectory(folder.resolve("original"));
    write(fixture, original);
    Path copy = folder.resolve("copy");

    PeftAdapter adapter = PeftAdapterFolder.read(original);
    PeftAdapterFolder.write(copy, adapter);

    assertThat(adapter.warnings()).isEmpty();
    try (SafetensorsFile before =
            SafetensorsFile.open(original.resolve(PeftAdapterFolder.WEIGHTS));
        SafetensorsFile after = SafetensorsFile.open(copy.resolve(PeftAdapterFolder.WEIGHTS))) {
      assertThat(after.names()).containsExactlyInAnyOrderElementsOf(before.names());
      for (String key : before.names()) {
        assertThatTensor(after.read(key)).hasSameBitsAs(before.read(key));
      }
    }
    assertThat(fields(copy)).isEqualTo(fields(original));
    assertThat(PeftAdapterFolder.read(copy).config()).isEqualTo(adapter.config());
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void everyTensorOfAnAdapterIsWherePeftWouldPutOne(Fixture fixture) throws IOException {
    write(fixture, folder);

    PeftAdapter adapter = PeftAdapterFolder.read(folder);

    assertThat(adapter.modules().keySet()).allMatch(adapter.config()::selects);
  }

  static Stream<Fixture> fixtures() {
    return Stream.of(
        bert04(),
        bertBiases(),
        roberta08(),
        gpt2(),
        llama18(),
        llamaEmbeddings(),
        llamaDora(),
        llamaTokens(),
        t5());
  }

  /** The fields that LoraConfig had in 0.4. */
  private static Fixture bert04() {
    return new Fixture(
            "BERT, 0.4",
            """
            {"auto_mapping": null, "base_model_name_or_path": "bert-base-uncased", "bias": "none",
             "fan_in_fan_out": false, "inference_mode": true, "init_lora_weights": true,
             "layers_pattern": null, "layers_to_transform": null, "lora_alpha": 16,
             "lora_dropout": 0.1, "modules_to_save": ["classifier", "score"], "peft_type": "LORA",
             "r": 4, "revision": null, "target_modules": ["query", "value"],
             "task_type": "SEQ_CLS"}""")
        .pair("bert.encoder.layer.0.attention.self.query", 4, 8, 8)
        .pair("bert.encoder.layer.0.attention.self.value", 4, 8, 8)
        .with("classifier.weight", 2, 8)
        .with("classifier.bias", 2);
  }

  /** With a bias on B, and all biases of the base trained. */
  private static Fixture bertBiases() {
    return new Fixture(
            "BERT with biases, 0.14",
            """
            {"alpha_pattern": {}, "auto_mapping": {"base_model_class": "BertModel",
             "parent_library": "transformers.models.bert.modeling_bert"},
             "base_model_name_or_path": "bert-base-uncased", "bias": "all", "eva_config": null,
             "exclude_modules": null, "fan_in_fan_out": false, "inference_mode": true,
             "init_lora_weights": true, "layer_replication": null, "layers_pattern": null,
             "layers_to_transform": null, "loftq_config": {}, "lora_alpha": 8, "lora_bias": true,
             "lora_dropout": 0.0, "megatron_config": null, "megatron_core": "megatron.core",
             "modules_to_save": null, "peft_type": "LORA", "r": 2, "rank_pattern": {},
             "revision": null, "target_modules": ["query"], "task_type": null, "use_dora": false,
             "use_rslora": false}""")
        .pair("encoder.layer.0.attention.self.query", 2, 8, 8)
        .with("encoder.layer.0.attention.self.query.lora_B.bias", 8)
        .with("encoder.layer.0.attention.self.query.base_layer.bias", 8)
        .with("encoder.layer.0.attention.self.key.bias", 8)
        .with("encoder.layer.0.attention.output.LayerNorm.bias", 8)
        .with("embeddings.LayerNorm.bias", 8);
  }

  /** With patterns of ranks and alphas, layers of a list, and a head of two layers. */
  private static Fixture roberta08() {
    return new Fixture(
            "RoBERTa, 0.8",
            """
            {"alpha_pattern": {"layer.1.attention.self.value": 1.5}, "auto_mapping": null,
             "base_model_name_or_path": "roberta-base", "bias": "none", "fan_in_fan_out": false,
             "inference_mode": true, "init_lora_weights": "gaussian",
             "layers_pattern": ["layer"], "layers_to_transform": [1, 3], "loftq_config": {},
             "lora_alpha": 16, "lora_dropout": 0.05, "megatron_config": null,
             "megatron_core": "megatron.core", "modules_to_save": ["classifier", "score"],
             "peft_type": "LORA", "r": 2, "rank_pattern": {"layer.3.attention.self.query": 4},
             "revision": "main", "target_modules": ["value", "query"], "task_type": "SEQ_CLS",
             "use_rslora": true}""")
        .pair("roberta.encoder.layer.1.attention.self.query", 2, 8, 8)
        .pair("roberta.encoder.layer.1.attention.self.value", 2, 8, 8)
        .pair("roberta.encoder.layer.3.attention.self.query", 4, 8, 8)
        .pair("roberta.encoder.layer.3.attention.self.value", 2, 8, 8)
        .with("classifier.dense.weight", 8, 8)
        .with("classifier.dense.bias", 8)
        .with("classifier.out_proj.weight", 3, 8)
        .with("classifier.out_proj.bias", 3);
  }

  /** Conv1D, whose factors are not turned, with the biases of its targets trained. */
  private static Fixture gpt2() {
    return new Fixture(
            "GPT-2, 0.11",
            """
            {"alpha_pattern": {}, "auto_mapping": null, "base_model_name_or_path": "gpt2",
             "bias": "lora_only", "fan_in_fan_out": true, "inference_mode": true,
             "init_lora_weights": true, "layer_replication": null, "layers_pattern": null,
             "layers_to_transform": null, "loftq_config": {}, "lora_alpha": 32,
             "lora_dropout": 0.1, "megatron_config": null, "megatron_core": "megatron.core",
             "modules_to_save": null, "peft_type": "LORA", "r": 8, "rank_pattern": {},
             "revision": null, "target_modules": ["c_attn"], "task_type": "CAUSAL_LM",
             "use_dora": false, "use_rslora": false}""")
        .pair("transformer.h.0.attn.c_attn", 8, 12, 36)
        .with("transformer.h.0.attn.c_attn.base_layer.bias", 36)
        .pair("transformer.h.1.attn.c_attn", 8, 12, 36)
        .with("transformer.h.1.attn.c_attn.base_layer.bias", 36);
  }

  /** Every field of 0.18 and 0.20, most at their defaults; an expression and an exclusion. */
  private static Fixture llama18() {
    return new Fixture(
            "Llama, 0.20",
            """
            {"alora_invocation_tokens": null, "alpha_pattern": {}, "arrow_config": null,
             "auto_mapping": null, "base_model_name_or_path": "meta-llama/Llama-3.2-1B",
             "bias": "none", "corda_config": null, "ensure_weight_tying": false,
             "eva_config": null, "exclude_modules": ".*\\\\.0\\\\..*", "fan_in_fan_out": false,
             "inference_mode": true, "init_lora_weights": true, "kasa_config": null,
             "layer_replication": null, "layers_pattern": null, "layers_to_transform": null,
             "loftq_config": {}, "lora_alpha": 16, "lora_bias": false, "lora_dropout": 0.0,
             "lora_ga_config": null, "megatron_config": null, "megatron_core": "megatron.core",
             "modules_to_save": null, "monteclora_config": null, "peft_type": "LORA",
             "peft_version": "0.20.0", "qalora_group_size": 16, "r": 16, "rank_pattern": {},
             "revision": null, "target_modules": ".*\\\\.(?P<kind>self_attn|mlp)\\\\.(q_proj|up_proj)",
             "target_parameters": null, "task_type": "CAUSAL_LM", "trainable_token_indices": null,
             "use_bdlora": null, "use_dora": false, "use_qalora": false, "use_rslora": false,
             "velora_config": null}""")
        .pair("model.layers.1.self_attn.q_proj", 16, 8, 8)
        .pair("model.layers.1.mlp.up_proj", 16, 8, 24);
  }

  /**
   * An adapter on the embedding, whose untrained table PEFT saves, too, and a head trained whole.
   */
  private static Fixture llamaEmbeddings() {
    return new Fixture(
            "Llama with embeddings, 0.16",
            """
            {"alpha_pattern": {}, "auto_mapping": null, "base_model_name_or_path": null,
             "bias": "none", "corda_config": null, "ensure_weight_tying": true, "eva_config": null,
             "exclude_modules": ["gate_proj"], "fan_in_fan_out": false, "inference_mode": true,
             "init_lora_weights": true, "layer_replication": null, "layers_pattern": null,
             "layers_to_transform": null, "loftq_config": {}, "lora_alpha": 16,
             "lora_bias": false, "lora_dropout": 0.0, "megatron_config": null,
             "megatron_core": "megatron.core", "modules_to_save": ["lm_head"],
             "peft_type": "LORA", "qalora_group_size": 16, "r": 4, "rank_pattern": {},
             "revision": null, "target_modules": ["embed_tokens", "k_proj"],
             "task_type": "CAUSAL_LM", "trainable_token_indices": null, "use_dora": false,
             "use_qalora": false, "use_rslora": false}""")
        .with("model.embed_tokens.lora_embedding_A", 4, 40)
        .with("model.embed_tokens.lora_embedding_B", 8, 4)
        .with("model.embed_tokens.base_layer.weight", 40, 8)
        .pair("model.layers.0.self_attn.k_proj", 4, 8, 4)
        .with("lm_head.weight", 40, 8);
  }

  private static Fixture llamaDora() {
    return new Fixture(
            "Llama with DoRA, 0.12",
            """
            {"alpha_pattern": {}, "auto_mapping": null, "base_model_name_or_path": "llama",
             "bias": "none", "fan_in_fan_out": false, "inference_mode": true,
             "init_lora_weights": false, "layer_replication": null, "layers_pattern": null,
             "layers_to_transform": null, "loftq_config": {}, "lora_alpha": 16,
             "lora_dropout": 0.0, "megatron_config": null, "megatron_core": "megatron.core",
             "modules_to_save": ["score"], "peft_type": "LORA", "r": 4, "rank_pattern": {},
             "revision": null, "target_modules": ["v_proj"], "task_type": "SEQ_CLS",
             "use_dora": true, "use_rslora": false}""")
        .pair("model.layers.0.self_attn.v_proj", 4, 8, 4)
        .with("model.layers.0.self_attn.v_proj.lora_magnitude_vector", 4)
        .with("score.weight", 2, 8);
  }

  /** Rows of the embedding trained one by one. */
  private static Fixture llamaTokens() {
    return new Fixture(
            "Llama with tokens, 0.15",
            """
            {"alpha_pattern": {}, "auto_mapping": null, "base_model_name_or_path": "llama",
             "bias": "none", "corda_config": null, "eva_config": null, "exclude_modules": null,
             "fan_in_fan_out": false, "inference_mode": true, "init_lora_weights": true,
             "layer_replication": null, "layers_pattern": null, "layers_to_transform": null,
             "loftq_config": {}, "lora_alpha": 16, "lora_bias": false, "lora_dropout": 0.0,
             "megatron_config": null, "megatron_core": "megatron.core", "modules_to_save": null,
             "peft_type": "LORA", "r": 4, "rank_pattern": {}, "revision": null,
             "target_modules": ["v_proj"], "task_type": "CAUSAL_LM",
             "trainable_token_indices": {"embed_tokens": [3, 1]}, "use_dora": false,
             "use_rslora": false}""")
        .pair("model.layers.0.self_attn.v_proj", 4, 8, 4)
        .with("model.embed_tokens.token_adapter.trainable_tokens_delta", 2, 8);
  }

  private static Fixture t5() {
    return new Fixture(
            "T5, 0.6",
            """
            {"alpha_pattern": {}, "auto_mapping": null, "base_model_name_or_path": "t5-small",
             "bias": "none", "fan_in_fan_out": false, "inference_mode": true,
             "init_lora_weights": true, "layers_pattern": null, "layers_to_transform": null,
             "lora_alpha": 8, "lora_dropout": 0.0, "modules_to_save": ["shared"],
             "peft_type": "LORA", "r": 8, "rank_pattern": {}, "revision": null,
             "target_modules": ["q", "v"], "task_type": "SEQ_2_SEQ_LM"}""")
        .pair("encoder.block.0.layer.0.SelfAttention.q", 8, 16, 12)
        .pair("encoder.block.0.layer.0.SelfAttention.v", 8, 16, 12)
        .pair("decoder.block.0.layer.0.SelfAttention.q", 8, 16, 12)
        .pair("decoder.block.0.layer.1.EncDecAttention.v", 8, 16, 12)
        .with("shared.weight", 32, 16);
  }

  private static void write(Fixture fixture, Path folder) throws IOException {
    Files.writeString(folder.resolve(PeftAdapterFolder.CONFIG), fixture.config());
    SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
    fixture.shapes().forEach((key, shape) -> writer.add(PREFIX + key, random(key, shape)));
    writer.write(folder.resolve(PeftAdapterFolder.WEIGHTS));
  }

  private static INDArray random(String key, long... shape) {
    int size = 1;
    for (long d : shape) {
      size *= (int) d;
    }
    SplittableRandom random = new SplittableRandom(CounterRandom.seed(1, key));
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return Nd4j.create(values, shape, 'c');
  }

  /** The fields that say something, lists in order; what PEFT was, a reader does not go by. */
  private static Map<String, String> fields(Path folder) {
    Map<String, String> fields = new TreeMap<>();
    StrictJson.read(folder.resolve(PeftAdapterFolder.CONFIG))
        .properties()
        .forEach(
            e -> {
              JsonNode value = e.getValue();
              boolean empty =
                  value.isNull()
                      || value.isBoolean() && !value.asBoolean()
                      || value.isContainerNode() && value.isEmpty();
              if (!empty) {
                fields.put(e.getKey(), text(value));
              }
            });
    fields.remove("peft_version");
    fields.remove("megatron_core", "megatron.core");
    fields.remove("qalora_group_size", "16.0");
    return fields;
  }

  private static String text(JsonNode value) {
    if (value.isNumber()) {
      return Double.toString(value.asDouble());
    }
    TreeSet<String> items = new TreeSet<>();
    value.forEach(item -> items.add(item.toString()));
    return value.isArray()
        ? items.toString()
        : value.isTextual() ? value.asText() : value.toString();
  }
}
