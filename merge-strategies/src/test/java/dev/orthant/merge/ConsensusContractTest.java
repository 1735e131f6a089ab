package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class ConsensusContractTest extends MergerContract<ConsensusConfig> {

  @Override
  protected MergerFactory<ConsensusConfig> factory() {
    return new ConsensusFactory();
  }

  @Override
  protected Stream<ConsensusConfig> configurations() {
    return Stream.of(ConsensusConfig.defaults(), new ConsensusConfig(1, 1, 0.7));
  }

  @Override
  protected ConsensusConfig asIdentity(ConsensusConfig config) {
    return new ConsensusConfig(config.threshold(), 1, 1);
  }
}
