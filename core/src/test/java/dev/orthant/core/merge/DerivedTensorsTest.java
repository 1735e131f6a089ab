package dev.orthant.core.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.CheckpointWriter;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.SafetensorsFile;
import dev.orthant.core.lowrank.LoraDelta;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class DerivedTensorsTest {

  @TempDir Path folder;

  @Test
  void mergedModelsAreWrittenTensorByTensorInTheTypesOfTheBase() {
    model("base", 1, 2);
    model("x", 1.5f, 2);
    model("y", 1, 4);
    try (HuggingFaceCheckpoint base = HuggingFaceCheckpoint.open(folder.resolve("base"));
        HuggingFaceCheckpoint x = HuggingFaceCheckpoint.open(folder.resolve("x"));
        HuggingFaceCheckpoint y = HuggingFaceCheckpoint.open(folder.resolve("y"));
        MergedTensors merged =
            MergeEngine.builder(new SumFactory(), SumFactory.Config.plain())
                .build()
                .mergeCheckpoints(
                    List.of(CheckpointInput.of("x", x), CheckpointInput.of("y", y)), base)) {

      merged.write(base, Map.of(), folder.resolve("merged"), false);

      assertThat(merged.report()).hasSize(2);
    }

    try (HuggingFaceCheckpoint written = HuggingFaceCheckpoint.open(folder.resolve("merged"))) {
      assertThat(written.names()).containsExactlyInAnyOrder("w.weight", "half", "ids");
      assertThat(written.read("w.weight").ravel().toFloatVector()).containsExactly(1.5f, 4, 0, 0);
      assertThat(written.info("half").dtype()).isEqualTo(Dtype.BF16);
      assertThat(written.read("half").toFloatVector()).containsExactly(1.5f, 4);
      assertThat(written.config().get("model_type").asText()).isEqualTo("test");
      assertThat(folder.resolve("merged/vocab.txt")).hasContent("[PAD]");
    }
  }

  @Test
  void foldedModelsDifferInTheFoldedTensorsOnly() {
    model("base", 1, 2);
    INDArray ones = Nd4j.ones(2, 1);
    try (HuggingFaceCheckpoint base = HuggingFaceCheckpoint.open(folder.resolve("base"))) {
      LoraDelta delta = new LoraDelta(ones, ones.transpose().dup('c'), 0.5);

      FoldedTensors.of(base, Map.of("w", delta))
          .write(base, Map.of(), folder.resolve("folded"), false);
    }

    try (SafetensorsFile written =
            SafetensorsFile.open(folder.resolve("folded").resolve("model.safetensors"));
        SafetensorsFile base =
            SafetensorsFile.open(folder.resolve("base").resolve("model.safetensors"))) {
      assertThat(written.read("w.weight").ravel().toFloatVector())
          .containsExactly(1.5f, 2.5f, 0.5f, 0.5f);
      assertThat(written.read("half").toFloatVector())
          .containsExactly(base.read("half").toFloatVector());
      assertThat(written.readLongs("ids")).containsExactly(7, 8);
    }
  }

  private void model(String name, float first, float second) {
    ObjectNode config = JsonNodeFactory.instance.objectNode().put("model_type", "test");
    INDArray matrix = Nd4j.createFromArray(new float[][] {{first, second}, {0, 0}});
    INDArray vector = Nd4j.createFromArray(first, second);
    new CheckpointWriter(config)
        .add("w.weight", Dtype.F32, new long[] {2, 2}, () -> matrix)
        .add("half", Dtype.BF16, new long[] {2}, () -> vector)
        .add("ids", Dtype.I64, new long[] {2}, () -> Nd4j.createFromArray(7L, 8L))
        .text("vocab.txt", "[PAD]")
        .write(folder.resolve(name), false);
    assertThat(Files.isDirectory(folder.resolve(name))).isTrue();
  }
}
