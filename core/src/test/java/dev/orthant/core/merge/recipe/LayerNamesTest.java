package dev.orthant.core.merge.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LayerNamesTest {

  @Test
  void stacksHaveAsManyLayersAsTheConfigurationSays() {
    List<String> tensors =
        List.of(
            "embed.weight",
            "model.layers.0.mlp.experts.0.w",
            "model.layers.0.mlp.experts.1.w",
            "model.layers.1.mlp.experts.0.w",
            "score.0.weight");

    LayerNames names = LayerNames.of(tensors, config().put("num_hidden_layers", 2));

    assertThat(names.counts()).containsOnlyKeys("model.layers.");
    assertThat(names.place("model.layers.1.mlp.experts.0.w").orElseThrow())
        .isEqualTo(new LayerNames.Place("model.layers.", 1, ".mlp.experts.0.w"));
    assertThat(names.place("score.0.weight")).isEmpty();
    assertThat(names.place("embed.weight")).isEmpty();
  }

  @Test
  void encodersAndDecodersAreStacksOfTheirOwn() {
    List<String> tensors =
        List.of(
            "encoder.block.0.layer.0.q.weight",
            "encoder.block.1.layer.0.q.weight",
            "decoder.block.0.layer.0.q.weight",
            "decoder.block.1.layer.1.q.weight");

    LayerNames names = LayerNames.of(tensors, config().put("num_layers", 2));

    assertThat(names.counts())
        .containsEntry("encoder.block.", 2)
        .containsEntry("decoder.block.", 2)
        .hasSize(2);
  }

  private static ObjectNode config() {
    return JsonNodeFactory.instance.objectNode();
  }
}
