package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class LinearContractTest extends MergerContract<LinearConfig> {

  @Override
  protected MergerFactory<LinearConfig> factory() {
    return new LinearFactory();
  }

  @Override
  protected Stream<LinearConfig> configurations() {
    return Stream.of(new LinearConfig(true), new LinearConfig(false));
  }

  @Override
  protected LinearConfig asIdentity(LinearConfig config) {
    return config;
  }
}
