package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class MagnitudePruneContractTest extends MergerContract<MagnitudePruneConfig> {

  @Override
  protected MergerFactory<MagnitudePruneConfig> factory() {
    return new MagnitudePruneFactory();
  }

  @Override
  protected Stream<MagnitudePruneConfig> configurations() {
    return Stream.of(MagnitudePruneConfig.defaults(), new MagnitudePruneConfig(0.6, 1));
  }

  @Override
  protected MagnitudePruneConfig asIdentity(MagnitudePruneConfig config) {
    return new MagnitudePruneConfig(1, 1);
  }
}
