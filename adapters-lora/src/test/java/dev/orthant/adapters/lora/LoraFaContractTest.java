package dev.orthant.adapters.lora;

import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.testing.AdapterContract;
import java.util.stream.Stream;

final class LoraFaContractTest extends AdapterContract<LoraFaConfig> {

  @Override
  protected AdapterFactory<LoraFaConfig> factory() {
    return new LoraFaFactory();
  }

  @Override
  protected Stream<LoraFaConfig> configurations() {
    return Stream.of(LoraFaConfig.defaults(), LoraFaConfig.defaults().at(1, 3));
  }

  @Override
  protected LoraFaConfig withDoubledAlpha(LoraFaConfig config) {
    return config.at(config.rank(), 2 * config.alpha());
  }
}
