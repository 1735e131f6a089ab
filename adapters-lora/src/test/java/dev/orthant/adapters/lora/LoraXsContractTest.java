package dev.orthant.adapters.lora;

import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.testing.AdapterContract;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

final class LoraXsContractTest extends AdapterContract<LoraXsConfig> {

  @Override
  protected AdapterFactory<LoraXsConfig> factory() {
    return new LoraXsFactory();
  }

  @Override
  protected Stream<LoraXsConfig> configurations() {
    return Stream.of(config(2, 3, false, 0), config(4, 8, true, 0.3));
  }

  @Override
  protected LoraXsConfig withDoubledAlpha(LoraXsConfig config) {
    return config.at(config.rank(), 2 * config.alpha());
  }

  private static LoraXsConfig config(
      int rank, double alpha, boolean rankStabilised, double dropout) {
    return new LoraXsConfig(
        rank,
        alpha,
        rankStabilised,
        dropout,
        List.of("query"),
        List.of(),
        List.of(),
        Map.of(),
        Map.of());
  }
}
