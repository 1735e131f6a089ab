package dev.orthant.osrm;

import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.testing.SubspaceConstraintContract;
import dev.orthant.osrm.OsrmConfig.Weighting;
import java.util.stream.Stream;

final class OsrmContractTest extends SubspaceConstraintContract<OsrmConfig> {

  @Override
  protected SubspaceConstraintFactory<OsrmConfig> factory() {
    return new OsrmFactory();
  }

  @Override
  protected Stream<OsrmConfig> configurations() {
    return Stream.of(
        OsrmConfig.defaults(),
        new OsrmConfig(new Hold.Frozen(), 1, Weighting.PER_TOKEN, true),
        new OsrmConfig(Hold.Projected.defaults(), 1, Weighting.PER_TASK, false),
        new OsrmConfig(new Hold.Penalty(0.1), 1, Weighting.PER_TASK, false));
  }
}
