package org.example.orthant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.testing.ComponentContract;
import dev.orthant.core.text.Example;
import dev.orthant.core.text.TaskData;
import dev.orthant.core.text.TaskFactory;
import dev.orthant.core.text.TaskRequest;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The contract of all components, and what makes this one a task. */
final class RepeatedWordTest extends ComponentContract<RepeatedWordConfig> {

  @Override
  protected TaskFactory<RepeatedWordConfig> factory() {
    return new RepeatedWordFactory();
  }

  @Override
  protected boolean isCommonKnowledge() {
    return true;
  }

  @Test
  void labelsSayWhetherAWordIsThereTwice() {
    for (Example row : read(7).train()) {
      String[] words = row.textA().split(" ");
      boolean twice = Arrays.stream(words).distinct().count() < words.length;

      assertThat(row.label()).as(row.textA()).isEqualTo(twice ? 1 : 0);
    }
  }

  @Test
  void equalSeedsGiveEqualRows() {
    assertThat(read(7)).isEqualTo(read(7)).isNotEqualTo(read(8));
  }

  private TaskData read(long seed) {
    return factory().read(factory().defaults(), new TaskRequest("words", seed, 50, 10, 10));
  }
}
