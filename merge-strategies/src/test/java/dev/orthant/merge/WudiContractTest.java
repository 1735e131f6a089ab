package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class WudiContractTest extends MergerContract<WudiConfig> {

  @Override
  protected MergerFactory<WudiConfig> factory() {
    return new WudiFactory();
  }

  @Override
  protected Stream<WudiConfig> configurations() {
    return Stream.of(WudiConfig.defaults(), new WudiConfig(20, 1e-2));
  }

  @Override
  protected WudiConfig asIdentity(WudiConfig config) {
    return config;
  }
}
