package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class TsvMContractTest extends MergerContract<TsvMConfig> {

  @Override
  protected MergerFactory<TsvMConfig> factory() {
    return new TsvMFactory();
  }

  @Override
  protected Stream<TsvMConfig> configurations() {
    return Stream.of(TsvMConfig.defaults(), new TsvMConfig(0.7, true));
  }

  @Override
  protected TsvMConfig asIdentity(TsvMConfig config) {
    return new TsvMConfig(1, config.lossless());
  }
}
