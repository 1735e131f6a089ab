package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class AverageContractTest extends MergerContract<AverageConfig> {

  @Override
  protected MergerFactory<AverageConfig> factory() {
    return new AverageFactory();
  }

  @Override
  protected Stream<AverageConfig> configurations() {
    return Stream.of(new AverageConfig(true), new AverageConfig(false));
  }

  @Override
  protected AverageConfig asIdentity(AverageConfig config) {
    return config;
  }
}
