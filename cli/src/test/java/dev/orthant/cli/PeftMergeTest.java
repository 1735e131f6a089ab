package dev.orthant.cli;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.CheckpointWriter;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.PeftAdapter;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.checkpoint.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Merges of PEFT's adapters on layers that are not stored as [dOut, dIn]. A = [[1, 2]] and B =
 * [[1], [3]] with alpha 1 make [[1, 2], [3, 6]]; the second adapter has twice the alpha.
 */
final class PeftMergeTest {

  private static final INDArray A = Nd4j.createFromArray(new float[][] {{1, 2}});
  private static final INDArray B = Nd4j.createFromArray(new float[][] {{1}, {3}});
  private static final String PROJECTION = "h.0.attn.c_proj";
  private static final String WORDS = "wte";

  /** Sums of small whole numbers, through a singular value decomposition. */
  private static final double ROUNDING = 1e-5;

  @TempDir Path folder;

  @Test
  void aSumIsFoldedIntoConv1dAsItIsStored() throws IOException {
    CliRun run =
        merge("--fold", "--base", base(), "--output", folder.resolve("model"), first(), second());

    assertThat(run.code()).as(run.err()).isZero();
    try (HuggingFaceCheckpoint model = HuggingFaceCheckpoint.open(folder.resolve("model"))) {
      assertClose(model.read(PROJECTION + ".weight"), new float[][] {{13, 29}, {36, 58}});
      assertClose(model.read(WORDS + ".weight"), new float[][] {{13, 29}, {36, 58}});
    }
  }

  @Test
  void aMergedAdapterHasEmbeddingsAndFlagsAsPeftHasThem() throws IOException {
    Path merged = folder.resolve("merged");

    CliRun run = merge("--output", merged, first(), second());

    assertThat(run.code()).as(run.err()).isZero();
    PeftAdapter adapter = PeftAdapterFolder.read(merged);
    assertThat(adapter.embeddings()).containsExactly("transformer." + WORDS);
    assertThat(adapter.config().fanInFanOut()).isTrue();
    assertThat(adapter.config().taskType()).isEqualTo("CAUSAL_LM");
    assertClose(
        adapter.deltas(List.of(PROJECTION, WORDS)).get(PROJECTION).dense(),
        new float[][] {{3, 6}, {9, 18}});
    assertClose(
        adapter.deltas(List.of(PROJECTION, WORDS)).get(WORDS).dense(),
        new float[][] {{3, 9}, {6, 18}});
  }

  private static void assertClose(INDArray actual, float[][] expected) {
    assertThatTensor(actual).isCloseTo(Nd4j.createFromArray(expected), ROUNDING, 0);
  }

  private static CliRun merge(Object... arguments) {
    Object[] all = new Object[arguments.length + 5];
    System.arraycopy(
        new Object[] {"merge", "--type", "task-arithmetic", "--set", "lambda=1"}, 0, all, 0, 5);
    System.arraycopy(arguments, 0, all, 5, arguments.length);
    return CliRun.of(Arrays.stream(all).map(Object::toString).toArray(String[]::new));
  }

  private Path base() {
    ObjectNode config = JsonNodeFactory.instance.objectNode().put("model_type", "gpt2");
    INDArray weights = Nd4j.createFromArray(new float[][] {{10, 20}, {30, 40}});
    new CheckpointWriter(config)
        .add(PROJECTION + ".weight", Dtype.F32, weights.shape(), () -> weights)
        .add(WORDS + ".weight", Dtype.F32, weights.shape(), () -> weights)
        .write(folder.resolve("base"), false);
    return folder.resolve("base");
  }

  private Path first() throws IOException {
    return adapter("first", 1);
  }

  private Path second() throws IOException {
    return adapter("second", 2);
  }

  private Path adapter(String name, int alpha) throws IOException {
    Path adapter = Files.createDirectory(folder.resolve(name));
    String prefix = "base_model.model.transformer.";
    new SafetensorsWriter()
        .add(prefix + PROJECTION + ".lora_A.weight", A)
        .add(prefix + PROJECTION + ".lora_B.weight", B)
        .add(prefix + WORDS + ".lora_embedding_A", A)
        .add(prefix + WORDS + ".lora_embedding_B", B)
        .write(adapter.resolve(PeftAdapterFolder.WEIGHTS));
    Files.writeString(
        adapter.resolve(PeftAdapterFolder.CONFIG),
        """
        {"peft_type": "LORA", "r": 1, "lora_alpha": %d, "fan_in_fan_out": true,
         "task_type": "CAUSAL_LM", "target_modules": ["c_proj", "wte"]}"""
            .formatted(alpha));
    return adapter;
  }
}
