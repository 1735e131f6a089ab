package dev.orthant.osrm;

import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.testing.SubspaceConstraintContract;
import dev.orthant.osrm.OsrmConfig.Weighting;
import java.util.stream.Stream;

final class GaussianContractTest extends SubspaceConstraintContract<GaussianConfig> {

  @Override
  protected SubspaceConstraintFactory<GaussianConfig> factory() {
    return new GaussianFactory();
  }

  @Override
  protected boolean isCommonKnowledge() {
    return true;
  }

  @Override
  protected Stream<GaussianConfig> configurations() {
    return Stream.of(
        GaussianConfig.defaults(),
        new GaussianConfig(new Hold.Penalty(1), 0.577, Weighting.PER_TASK),
        new GaussianConfig(new Hold.Projected(0.9), 1.0, Weighting.PER_TOKEN));
  }
}
