package dev.orthant.osrm;

import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.testing.SubspaceConstraintContract;
import dev.orthant.osrm.OsrmConfig.Weighting;
import java.util.stream.Stream;

final class OrthonormalContractTest extends SubspaceConstraintContract<OrthonormalConfig> {

  @Override
  protected SubspaceConstraintFactory<OrthonormalConfig> factory() {
    return new OrthonormalFactory();
  }

  @Override
  protected boolean isCommonKnowledge() {
    return true;
  }

  @Override
  protected Stream<OrthonormalConfig> configurations() {
    return Stream.of(
        OrthonormalConfig.defaults(),
        new OrthonormalConfig(new Hold.Penalty(1), 1, Weighting.PER_TASK),
        new OrthonormalConfig(new Hold.Projected(0.9), 1, Weighting.PER_TOKEN));
  }
}
