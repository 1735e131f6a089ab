package dev.orthant.core.family;

import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.testing.ComponentContract;

final class BertArchitectureTest extends ComponentContract<LoadSettings> {

  @Override
  protected BertArchitecture factory() {
    return new BertArchitecture();
  }
}
