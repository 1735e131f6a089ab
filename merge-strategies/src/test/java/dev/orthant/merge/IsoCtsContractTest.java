package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class IsoCtsContractTest extends MergerContract<IsoCtsConfig> {

  @Override
  protected MergerFactory<IsoCtsConfig> factory() {
    return new IsoCtsFactory();
  }

  @Override
  protected Stream<IsoCtsConfig> configurations() {
    return Stream.of(
        IsoCtsConfig.defaults(),
        new IsoCtsConfig(0.5, 0.7),
        new IsoCtsConfig(0, 1),
        new IsoCtsConfig(1, 1));
  }
}
