package dev.orthant.adapters.lora;

import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.testing.AdapterContract;
import java.util.stream.Stream;

final class LoraPlusContractTest extends AdapterContract<LoraPlusConfig> {

  @Override
  protected AdapterFactory<LoraPlusConfig> factory() {
    return new LoraPlusFactory();
  }

  @Override
  protected Stream<LoraPlusConfig> configurations() {
    return Stream.of(LoraPlusConfig.defaults().at(4, 8));
  }

  @Override
  protected LoraPlusConfig withDoubledAlpha(LoraPlusConfig config) {
    return config.at(config.rank(), 2 * config.alpha());
  }
}
