package dev.orthant.core.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.CheckpointWriter;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.PeftAdapter;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.checkpoint.SafetensorsWriter;
import dev.orthant.core.spi.ShapeMismatchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A = [[1, 2]], B = [[1], [3]] and alpha 2 give s B A = [[2, 4], [6, 12]]. */
final class AdaptedTensorsTest {

  private static final INDArray A = matrix(new float[][] {{1, 2}});
  private static final INDArray B = matrix(new float[][] {{1}, {3}});
  private static final INDArray WEIGHTS = matrix(new float[][] {{10, 20}, {30, 40}});

  @TempDir Path folder;
  private final Map<String, INDArray> tensors = new LinkedHashMap<>();
  private final SafetensorsWriter adapter = new SafetensorsWriter();
  private final ObjectNode config = JsonNodeFactory.instance.objectNode();

  @Test
  void weightsAndBiasesAreAddedAndWhatWasTrainedWholeReplaces() throws IOException {
    config.put("model_type", "bert");
    tensors.put("layer.0.query.weight", WEIGHTS);
    tensors.put("layer.0.query.bias", Nd4j.createFromArray(1f, 1f));
    tensors.put("norm.bias", Nd4j.createFromArray(5f, 5f));
    pair("bert.layer.0.query");
    add("bert.layer.0.query.lora_B.bias", Nd4j.createFromArray(1f, 2f));
    add("bert.norm.bias", Nd4j.createFromArray(7f, 8f));
    add("classifier.weight", matrix(new float[][] {{1, 2}}));

    Path model = merged("\"lora_bias\":true,\"modules_to_save\":[\"classifier\"],\"bias\":\"all\"");

    try (HuggingFaceCheckpoint result = HuggingFaceCheckpoint.open(model)) {
      assertRead(result, "layer.0.query.weight", new float[][] {{12, 24}, {36, 52}});
      assertThat(result.read("layer.0.query.bias").toFloatVector()).containsExactly(3, 5);
      assertThat(result.read("norm.bias").toFloatVector()).containsExactly(7, 8);
      assertRead(result, "classifier.weight", new float[][] {{1, 2}});
      assertThat(result.names()).hasSize(4);
    }
  }

  @Test
  void aTrainedBiasOfATargetReplacesAndBsIsAdded() throws IOException {
    tensors.put("query.weight", WEIGHTS);
    tensors.put("query.bias", Nd4j.createFromArray(1f, 1f));
    pair("query");
    add("query.base_layer.bias", Nd4j.createFromArray(100f, 200f));
    add("query.lora_B.bias", Nd4j.createFromArray(1f, 2f));

    Path model = merged("\"lora_bias\":true,\"bias\":\"lora_only\"");

    try (HuggingFaceCheckpoint result = HuggingFaceCheckpoint.open(model)) {
      assertThat(result.read("query.bias").toFloatVector()).containsExactly(102, 204);
    }
  }

  @Test
  void aSquareConv1dIsTurnedWhateverTheFlagSays() throws IOException {
    config.put("model_type", "gpt2");
    tensors.put("h.0.attn.c_proj.weight", WEIGHTS);
    pair("transformer.h.0.attn.c_proj");

    Path model = merged("\"fan_in_fan_out\":false");

    try (HuggingFaceCheckpoint result = HuggingFaceCheckpoint.open(model)) {
      assertRead(result, "h.0.attn.c_proj.weight", new float[][] {{12, 26}, {34, 52}});
    }
  }

  @Test
  void anEmbeddingGetsTheTransposeAndATiedOutputOfItsOwnIsUntied() throws IOException {
    config.put("model_type", "llama").put("tie_word_embeddings", true);
    tensors.put("model.embed_tokens.weight", WEIGHTS);
    add("model.embed_tokens.lora_embedding_A", A);
    add("model.embed_tokens.lora_embedding_B", B);
    add("model.embed_tokens.base_layer.weight", WEIGHTS.add(1));
    add("lm_head.weight", WEIGHTS);

    Path model = merged("\"modules_to_save\":[\"lm_head\"]");

    try (HuggingFaceCheckpoint result = HuggingFaceCheckpoint.open(model)) {
      assertRead(result, "model.embed_tokens.weight", new float[][] {{13, 27}, {35, 53}});
      assertRead(result, "lm_head.weight", new float[][] {{10, 20}, {30, 40}});
      assertThat(result.config().path("tie_word_embeddings").asBoolean()).isFalse();
    }
  }

  @Test
  void rowsOfAnEmbeddingReplaceTheBases() throws IOException {
    tensors.put("words.weight", WEIGHTS);
    tensors.put("query.weight", WEIGHTS);
    pair("query");
    add("words.token_adapter.trainable_tokens_delta", matrix(new float[][] {{7, 8}}));

    Path model = merged("\"trainable_token_indices\":[1]");

    try (HuggingFaceCheckpoint result = HuggingFaceCheckpoint.open(model)) {
      assertRead(result, "words.weight", new float[][] {{10, 20}, {7, 8}});
      assertThat(result.names()).hasSize(2);
    }
    assertThatThrownBy(() -> merged("\"trainable_token_indices\":{\"words\":[2]}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'words.weight' [2, 2] of the base has no rows [2] of 2 numbers");
  }

  @Test
  void whatDoesNotFitIsNamed() {
    tensors.put("query.weight", WEIGHTS);
    pair("query");
    add("query.lora_B.bias", Nd4j.createFromArray(1f, 2f));

    assertThatThrownBy(() -> merged("\"lora_bias\":true"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'query.bias' is not one of the base model");

    tensors.put("query.bias", Nd4j.createFromArray(1f, 2f, 3f));
    assertThatThrownBy(() -> merged("\"lora_bias\":true"))
        .isInstanceOf(ShapeMismatchException.class)
        .hasMessageContaining("query.bias");
  }

  private void pair(String module) {
    add(module + ".lora_A.weight", A);
    add(module + ".lora_B.weight", B);
  }

  private void add(String key, INDArray array) {
    adapter.add("base_model.model." + key, array);
  }

  private Path merged(String fields) throws IOException {
    Path peft = Files.createTempDirectory(folder, "adapter");
    adapter.write(peft.resolve(PeftAdapterFolder.WEIGHTS));
    Files.writeString(
        peft.resolve(PeftAdapterFolder.CONFIG),
        "{\"peft_type\":\"LORA\",\"r\":1,\"lora_alpha\":2,%s}".formatted(fields));
    CheckpointWriter writer = new CheckpointWriter(config);
    tensors.forEach((name, t) -> writer.add(name, Dtype.F32, t.shape(), () -> t));
    Path base = folder.resolve("base");
    writer.write(base, true);
    Path model = folder.resolve("merged");
    PeftAdapter read = PeftAdapterFolder.read(peft);
    try (HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(base)) {
      AdaptedTensors.of(checkpoint, read).write(checkpoint, Map.of(), model, false);
    }
    return model;
  }

  private static void assertRead(HuggingFaceCheckpoint model, String name, float[][] expected) {
    assertThatTensor(model.read(name)).hasSameBitsAs(matrix(expected));
  }

  private static INDArray matrix(float[][] rows) {
    return Nd4j.createFromArray(rows);
  }
}
