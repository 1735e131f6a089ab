package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class ArceeFusionContractTest extends MergerContract<ArceeFusionConfig> {

  @Override
  protected MergerFactory<ArceeFusionConfig> factory() {
    return new ArceeFusionFactory();
  }

  @Override
  protected Stream<ArceeFusionConfig> configurations() {
    return Stream.of(ArceeFusionConfig.defaults());
  }
}
