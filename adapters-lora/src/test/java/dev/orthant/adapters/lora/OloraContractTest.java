package dev.orthant.adapters.lora;

import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.testing.AdapterContract;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

final class OloraContractTest extends AdapterContract<OloraConfig> {

  @Override
  protected AdapterFactory<OloraConfig> factory() {
    return new OloraFactory();
  }

  @Override
  protected Stream<OloraConfig> configurations() {
    return Stream.of(config(2, 3, false, 0), config(4, 8, true, 0.3));
  }

  @Override
  protected OloraConfig withDoubledAlpha(OloraConfig config) {
    return config.at(config.rank(), 2 * config.alpha());
  }

  private static OloraConfig config(
      int rank, double alpha, boolean rankStabilised, double dropout) {
    return new OloraConfig(
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
