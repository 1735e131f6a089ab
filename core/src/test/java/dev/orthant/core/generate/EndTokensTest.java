package dev.orthant.core.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.CheckpointWriter;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

final class EndTokensTest {

  @TempDir Path folder;

  private List<Integer> of(ObjectNode config) {
    Path model = folder.resolve("model");
    if (!Files.exists(model)) {
      new CheckpointWriter(config)
          .add("w.weight", Dtype.F32, new long[] {1}, () -> Nd4j.zeros(1))
          .write(model, false);
    }
    try (HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(model)) {
      return EndTokens.of(checkpoint);
    }
  }

  private static ObjectNode config() {
    return JsonNodeFactory.instance.objectNode().put("model_type", "llama");
  }

  @Test
  void generationsOwnFileComesFirst() throws IOException {
    assertThat(of(config().put("eos_token_id", 2))).containsExactly(2);

    Files.writeString(
        folder.resolve("model/generation_config.json"), "{\"eos_token_id\": [128001, 128009]}");

    assertThat(of(config())).containsExactly(128001, 128009);
  }

  @Test
  void aModelThatSaysNothingIsRefused() {
    assertThatThrownBy(() -> of(config()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has no eos_token_id");
  }
}
