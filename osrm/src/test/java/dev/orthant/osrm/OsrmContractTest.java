package dev.orthant.osrm;

import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.testing.SubspaceConstraintContract;
import dev.orthant.osrm.OsrmConfig.Holding;
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
        new OsrmConfig(Holding.FROZEN, 1, true),
        new OsrmConfig(Holding.PENALTY, 0.1, false));
  }
}
