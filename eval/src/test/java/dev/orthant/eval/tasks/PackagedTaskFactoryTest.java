package dev.orthant.eval.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.testing.ComponentContract;
import dev.orthant.core.text.TaskData;
import dev.orthant.core.text.TaskRequest;
import org.junit.jupiter.api.Test;

final class PackagedTaskFactoryTest extends ComponentContract<PackagedTaskConfig> {

  @Override
  protected PackagedTaskFactory factory() {
    return new PackagedTaskFactory();
  }

  @Test
  void drawsAsManyRowsAsAskedUnderTheNameAsked() {
    TaskData data =
        factory().read(PackagedTaskConfig.defaults(), new TaskRequest("mine", 3, 40, 10, 20));

    assertThat(data.name()).isEqualTo("mine");
    assertThat(data.train()).hasSize(40);
    assertThat(data.validation()).hasSize(10);
    assertThat(data.test())
        .isEqualTo(PackagedTask.ACCEPTABILITY.read(new SplitSizes(40, 10, 20), 3).test());
  }
}
