package dev.orthant.osrm;

import dev.orthant.core.spi.Component;
import dev.orthant.core.testing.ComponentContract;

final class ProjectOutContractTest extends ComponentContract<ProjectOutConfig> {

  @Override
  protected Component<ProjectOutConfig> factory() {
    return new ProjectOutFactory();
  }
}
