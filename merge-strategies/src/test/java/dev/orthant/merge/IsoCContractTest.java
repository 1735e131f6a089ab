package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class IsoCContractTest extends MergerContract<IsoCConfig> {

  @Override
  protected MergerFactory<IsoCConfig> factory() {
    return new IsoCFactory();
  }

  @Override
  protected Stream<IsoCConfig> configurations() {
    return Stream.of(IsoCConfig.defaults(), new IsoCConfig(0.7));
  }
}
