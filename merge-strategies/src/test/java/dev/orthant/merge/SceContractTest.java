package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class SceContractTest extends MergerContract<SceConfig> {

  @Override
  protected MergerFactory<SceConfig> factory() {
    return new SceFactory();
  }

  @Override
  protected Stream<SceConfig> configurations() {
    return Stream.of(SceConfig.defaults(), new SceConfig(0.4));
  }

  @Override
  protected SceConfig asIdentity(SceConfig config) {
    return SceConfig.defaults();
  }
}
