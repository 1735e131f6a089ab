package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class WudiExactContractTest extends MergerContract<WudiExactConfig> {

  @Override
  protected MergerFactory<WudiExactConfig> factory() {
    return new WudiExactFactory();
  }

  @Override
  protected Stream<WudiExactConfig> configurations() {
    return Stream.of(WudiExactConfig.defaults());
  }

  @Override
  protected WudiExactConfig asIdentity(WudiExactConfig config) {
    return config;
  }
}
