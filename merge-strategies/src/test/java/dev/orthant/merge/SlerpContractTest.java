package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class SlerpContractTest extends MergerContract<SlerpConfig> {

  @Override
  protected MergerFactory<SlerpConfig> factory() {
    return new SlerpFactory();
  }

  @Override
  protected Stream<SlerpConfig> configurations() {
    return Stream.of(new SlerpConfig(0), new SlerpConfig(0.3), new SlerpConfig(1));
  }
}
