package dev.orthant.adapters.lora;

import dev.orthant.adapters.lora.CordaConfig.Mode;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.testing.AdapterContract;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

final class CordaContractTest extends AdapterContract<CordaConfig> {

  @Override
  protected AdapterFactory<CordaConfig> factory() {
    return new CordaFactory();
  }

  @Override
  protected Stream<CordaConfig> configurations() {
    return Stream.of(
        config(2, 3, false, 0, Mode.INSTRUCTION_PREVIEWED),
        config(4, 8, true, 0.3, Mode.KNOWLEDGE_PRESERVED));
  }

  @Override
  protected CordaConfig withDoubledAlpha(CordaConfig config) {
    return config.at(config.rank(), 2 * config.alpha());
  }

  private static CordaConfig config(
      int rank, double alpha, boolean rankStabilised, double dropout, Mode mode) {
    return new CordaConfig(
        rank,
        alpha,
        rankStabilised,
        dropout,
        List.of("query"),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        mode,
        0.01);
  }
}
