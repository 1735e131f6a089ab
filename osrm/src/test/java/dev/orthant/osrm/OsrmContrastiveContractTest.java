package dev.orthant.osrm;

import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.testing.SubspaceConstraintContract;
import dev.orthant.osrm.OsrmConfig.Weighting;
import java.util.stream.Stream;

final class OsrmContrastiveContractTest extends SubspaceConstraintContract<OsrmContrastiveConfig> {

  @Override
  protected SubspaceConstraintFactory<OsrmContrastiveConfig> factory() {
    return new OsrmContrastiveFactory();
  }

  @Override
  protected Stream<OsrmContrastiveConfig> configurations() {
    return Stream.of(
        OsrmContrastiveConfig.defaults(),
        new OsrmContrastiveConfig(new Hold.InitOnly(), 1, Weighting.PER_TOKEN, true, 1e-6),
        new OsrmContrastiveConfig(new Hold.Projected(0.9), 1, Weighting.PER_TASK, false, 0.1));
  }
}
