package dev.orthant.merge;

import dev.orthant.core.spi.Component;
import dev.orthant.core.testing.ComponentContract;

final class SvcContractTest extends ComponentContract<SvcConfig> {

  @Override
  protected Component<SvcConfig> factory() {
    return new SvcFactory();
  }
}
