package dev.orthant.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.train.TrainingConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class KeyMeaningsTest {

  @Test
  void theyAreTheTagsOfTheJavadoc() {
    Map<String, String> meanings = KeyMeanings.of(TrainingConfig.class);

    assertThat(meanings)
        .containsEntry("epochs", "passes over the training rows, at least 1")
        .containsEntry("maxGradNorm", "global gradient norm that is clipped to; 0 for no clipping")
        .containsEntry(
            "gradientCheckpointing",
            "whether to keep only the inputs of layers in the forward pass and to compute the rest"
                + " again in the backward pass: less memory for about a third more time, and the"
                + " same bits");
    assertThat(meanings.keySet())
        .containsExactlyElementsOf(
            RecordType.of(TrainingConfig.class).fields().stream()
                .map(field -> field.component().getName())
                .toList());
  }

  @Test
  void markupIsLeftOut() {
    assertThat(KeyMeanings.of(TaskSpec.class))
        .containsEntry("name", "[a-z0-9][a-z0-9-]*; it becomes part of folder names")
        .containsEntry(
            "source",
            "such as package:acceptability, short for type: package and task: acceptability");
    assertThat(KeyMeanings.of(AdapterSpec.class).get("start")).contains("with {task} for the");
  }

  @Test
  void nestedRecordsHaveTheirOwn() {
    assertThat(KeyMeanings.of(EvaluationSpec.Comparison.class))
        .containsExactly(
            Map.entry("adapter", "the name of one"), Map.entry("against", "the name of the other"));
  }

  @Test
  void whatHasNoSourceInItsJarHasNone() {
    assertThat(KeyMeanings.of(Everything.class)).isEmpty();
  }
}
