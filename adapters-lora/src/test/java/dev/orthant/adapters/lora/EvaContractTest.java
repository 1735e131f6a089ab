package dev.orthant.adapters.lora;

import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.testing.AdapterContract;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

final class EvaContractTest extends AdapterContract<EvaConfig> {

  @Override
  protected AdapterFactory<EvaConfig> factory() {
    return new EvaFactory();
  }

  @Override
  protected Stream<EvaConfig> configurations() {
    return Stream.of(config(2, 3, false, 0, false), config(4, 8, true, 0.3, true));
  }

  @Override
  protected EvaConfig withDoubledAlpha(EvaConfig config) {
    return config.at(config.rank(), 2 * config.alpha());
  }

  private static EvaConfig config(
      int rank, double alpha, boolean rankStabilised, double dropout, boolean whiten) {
    return new EvaConfig(
        rank,
        alpha,
        rankStabilised,
        dropout,
        List.of("query"),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        1,
        true,
        whiten);
  }
}
