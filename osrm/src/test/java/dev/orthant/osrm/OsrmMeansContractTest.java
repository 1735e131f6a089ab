package dev.orthant.osrm;

import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.testing.SubspaceConstraintContract;
import dev.orthant.osrm.OsrmConfig.Weighting;
import java.util.stream.Stream;

final class OsrmMeansContractTest extends SubspaceConstraintContract<OsrmMeansConfig> {

  @Override
  protected SubspaceConstraintFactory<OsrmMeansConfig> factory() {
    return new OsrmMeansFactory();
  }

  @Override
  protected Stream<OsrmMeansConfig> configurations() {
    return Stream.of(
        OsrmMeansConfig.defaults(),
        new OsrmMeansConfig(new Hold.Frozen(), 1, Weighting.PER_TASK),
        new OsrmMeansConfig(new Hold.Projected(0.9), 1, Weighting.PER_TOKEN));
  }
}
