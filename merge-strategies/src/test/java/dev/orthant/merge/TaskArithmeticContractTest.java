package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class TaskArithmeticContractTest extends MergerContract<TaskArithmeticConfig> {

  @Override
  protected MergerFactory<TaskArithmeticConfig> factory() {
    return new TaskArithmeticFactory();
  }

  @Override
  protected Stream<TaskArithmeticConfig> configurations() {
    return Stream.of(TaskArithmeticConfig.defaults(), new TaskArithmeticConfig(-1.5, false));
  }

  @Override
  protected TaskArithmeticConfig asIdentity(TaskArithmeticConfig config) {
    return new TaskArithmeticConfig(1, false);
  }
}
