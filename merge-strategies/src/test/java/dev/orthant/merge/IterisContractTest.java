package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class IterisContractTest extends MergerContract<IterisConfig> {

  @Override
  protected MergerFactory<IterisConfig> factory() {
    return new IterisFactory();
  }

  @Override
  protected Stream<IterisConfig> configurations() {
    return Stream.of(IterisConfig.defaults(), new IterisConfig(3, 1e-3, 0.2, false));
  }

  @Override
  protected IterisConfig asIdentity(IterisConfig config) {
    return config;
  }
}
