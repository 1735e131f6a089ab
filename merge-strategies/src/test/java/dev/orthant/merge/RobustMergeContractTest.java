package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class RobustMergeContractTest extends MergerContract<RobustMergeConfig> {

  @Override
  protected MergerFactory<RobustMergeConfig> factory() {
    return new RobustMergeFactory();
  }

  @Override
  protected Stream<RobustMergeConfig> configurations() {
    return Stream.of(RobustMergeConfig.defaults(), new RobustMergeConfig(0.5, 0, 1));
  }

  @Override
  protected RobustMergeConfig asIdentity(RobustMergeConfig config) {
    return new RobustMergeConfig(1, config.quantile(), 1);
  }
}
