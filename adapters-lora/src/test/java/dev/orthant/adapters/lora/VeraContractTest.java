package dev.orthant.adapters.lora;

import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.testing.AdapterContract;
import java.util.List;
import java.util.stream.Stream;

final class VeraContractTest extends AdapterContract<VeraConfig> {

  @Override
  protected AdapterFactory<VeraConfig> factory() {
    return new VeraFactory();
  }

  @Override
  protected Stream<VeraConfig> configurations() {
    return Stream.of(config(3, 0, 0.1), config(7, 0.3, -1));
  }

  private static VeraConfig config(int rank, double dropout, double firstD) {
    return new VeraConfig(rank, dropout, List.of("query"), List.of(), List.of(), firstD, 5);
  }
}
