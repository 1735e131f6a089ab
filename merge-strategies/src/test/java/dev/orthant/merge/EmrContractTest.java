package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class EmrContractTest extends MergerContract<EmrConfig> {

  @Override
  protected MergerFactory<EmrConfig> factory() {
    return new EmrFactory();
  }

  @Override
  protected Stream<EmrConfig> configurations() {
    return Stream.of(
        new EmrConfig(EmrConfig.Rescaler.MEAN_OF_MEANS),
        new EmrConfig(EmrConfig.Rescaler.GLOBAL_L1));
  }

  @Override
  protected EmrConfig asIdentity(EmrConfig config) {
    return config;
  }
}
