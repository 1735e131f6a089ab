package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class RamplusTlContractTest extends MergerContract<RamplusTlConfig> {

  @Override
  protected MergerFactory<RamplusTlConfig> factory() {
    return new RamplusTlFactory();
  }

  @Override
  protected Stream<RamplusTlConfig> configurations() {
    return Stream.of(RamplusTlConfig.defaults(), new RamplusTlConfig(1, 2, 0.5));
  }

  @Override
  protected RamplusTlConfig asIdentity(RamplusTlConfig config) {
    return new RamplusTlConfig(config.r(), config.alpha(), 0);
  }
}
