package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class MultislerpContractTest extends MergerContract<MultislerpConfig> {

  @Override
  protected MergerFactory<MultislerpConfig> factory() {
    return new MultislerpFactory();
  }

  @Override
  protected Stream<MultislerpConfig> configurations() {
    return Stream.of(MultislerpConfig.defaults(), new MultislerpConfig(false, 1e-6));
  }

  @Override
  protected MultislerpConfig asIdentity(MultislerpConfig config) {
    return config;
  }
}
