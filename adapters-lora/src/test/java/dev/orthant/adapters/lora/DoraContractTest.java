package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.InitialA;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.testing.AdapterContract;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

final class DoraContractTest extends AdapterContract<DoraConfig> {

  @Override
  protected AdapterFactory<DoraConfig> factory() {
    return new DoraFactory();
  }

  @Override
  protected Stream<DoraConfig> configurations() {
    return Stream.of(config(2, 3, false, 0), config(4, 8, true, 0.3));
  }

  private static DoraConfig config(int rank, double alpha, boolean rankStabilised, double dropout) {
    return new DoraConfig(
        rank,
        alpha,
        rankStabilised,
        dropout,
        List.of("query"),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        InitialA.KAIMING);
  }
}
