package dev.orthant.osrm;

import dev.orthant.core.spi.Component;
import dev.orthant.core.testing.ComponentContract;

final class OsrmRetrofitContractTest extends ComponentContract<OsrmRetrofitConfig> {

  @Override
  protected Component<OsrmRetrofitConfig> factory() {
    return new OsrmRetrofitFactory();
  }
}
