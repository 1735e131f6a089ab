package dev.orthant.adapters.lora;

import dev.orthant.adapters.lora.PissaConfig.Decomposition;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.testing.AdapterContract;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

final class PissaContractTest extends AdapterContract<PissaConfig> {

  @Override
  protected AdapterFactory<PissaConfig> factory() {
    return new PissaFactory();
  }

  @Override
  protected Stream<PissaConfig> configurations() {
    return Stream.of(
        config(2, 3, false, 0, Decomposition.EXACT), config(4, 8, true, 0.3, Decomposition.FAST));
  }

  @Override
  protected PissaConfig withDoubledAlpha(PissaConfig config) {
    return config.at(config.rank(), 2 * config.alpha());
  }

  private static PissaConfig config(
      int rank, double alpha, boolean rankStabilised, double dropout, Decomposition decomposition) {
    return new PissaConfig(
        rank,
        alpha,
        rankStabilised,
        dropout,
        List.of("query"),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        decomposition);
  }
}
