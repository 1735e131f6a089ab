package dev.orthant.merge;

import dev.orthant.core.spi.Component;
import dev.orthant.core.testing.ComponentContract;

final class CompressContractTest extends ComponentContract<CompressConfig> {

  @Override
  protected Component<CompressConfig> factory() {
    return new CompressFactory();
  }
}
