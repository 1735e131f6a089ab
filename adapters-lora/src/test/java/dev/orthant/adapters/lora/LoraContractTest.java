package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.InitialA;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.testing.AdapterContract;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

final class LoraContractTest extends AdapterContract<LoraConfig> {

  @Override
  protected AdapterFactory<LoraConfig> factory() {
    return new LoraFactory();
  }

  @Override
  protected Stream<LoraConfig> configurations() {
    return Stream.of(
        LoraConfig.defaults(),
        config(1, 3, false, 0, InitialA.GAUSSIAN),
        config(4, 8, true, 0.3, InitialA.KAIMING));
  }

  @Override
  protected LoraConfig withDoubledAlpha(LoraConfig config) {
    return config.at(config.rank(), 2 * config.alpha());
  }

  private static LoraConfig config(
      int rank, double alpha, boolean rankStabilised, double dropout, InitialA init) {
    return new LoraConfig(
        rank,
        alpha,
        rankStabilised,
        dropout,
        List.of("query"),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        init);
  }
}
