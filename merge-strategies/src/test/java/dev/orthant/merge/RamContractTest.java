package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class RamContractTest extends MergerContract<RamConfig> {

  @Override
  protected MergerFactory<RamConfig> factory() {
    return new RamFactory();
  }

  @Override
  protected Stream<RamConfig> configurations() {
    return Stream.of(RamConfig.defaults(), new RamConfig(0.5));
  }

  @Override
  protected RamConfig asIdentity(RamConfig config) {
    return new RamConfig(0);
  }
}
