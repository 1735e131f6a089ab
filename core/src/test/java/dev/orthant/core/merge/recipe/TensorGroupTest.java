package dev.orthant.core.merge.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.merge.stream.TensorSummary;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TensorGroupTest {

  private static final double ROUNDING = 1e-12;

  @Test
  void tensorsOfAllLayersAreOneGroup() {
    Map<String, TensorGroup> groups =
        TensorGroup.of(
            List.of(
                new TensorSummary("embed.weight", 50, List.of(1.0, 1.0), 1, 0.5, 0.5),
                new TensorSummary("layer.0.q2.weight", 10, List.of(3.0, 6.0), 5, 1, 0.2),
                new TensorSummary("layer.11.q2.weight", 30, List.of(4.0, 8.0), 12, 0.6, 0.4)));

    assertThat(groups.keySet()).containsExactly("embed.weight", "layer.*.q2.weight");
    TensorGroup layers = groups.get("layer.*.q2.weight");
    assertThat(layers.tensors()).isEqualTo(2);
    assertThat(layers.elements()).isEqualTo(40);
    assertThat(layers.inputNorms()).containsExactly(5.0, 10.0); // 3, 4, 5 and twice that
    assertThat(layers.mergedNorm()).isCloseTo(13, within(ROUNDING)); // 5, 12, 13
    assertThat(layers.density()).isCloseTo(0.7, within(ROUNDING)); // (10 + 18) / 40
    assertThat(layers.signConflicts()).isCloseTo(0.35, within(ROUNDING)); // (2 + 12) / 40
  }
}
