package dev.orthant.osrm;

import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.testing.SubspaceConstraintContract;
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
        new OsrmConfig(new Hold.Frozen(), true),
        new OsrmConfig(new Hold.Penalty(0.1), false));
  }
}
