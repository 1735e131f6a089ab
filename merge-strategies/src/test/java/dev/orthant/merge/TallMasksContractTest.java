package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class TallMasksContractTest extends MergerContract<TallMasksConfig> {

  @Override
  protected MergerFactory<TallMasksConfig> factory() {
    return new TallMasksFactory();
  }

  @Override
  protected Stream<TallMasksConfig> configurations() {
    return Stream.of(new TallMasksConfig(0.4, 0.7));
  }

  @Override
  protected TallMasksConfig asIdentity(TallMasksConfig config) {
    return new TallMasksConfig(config.threshold(), 1);
  }
}
