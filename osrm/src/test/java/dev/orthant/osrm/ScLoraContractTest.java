package dev.orthant.osrm;

import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.testing.SubspaceConstraintContract;
import dev.orthant.osrm.OsrmConfig.Weighting;
import java.util.stream.Stream;

final class ScLoraContractTest extends SubspaceConstraintContract<ScLoraConfig> {

  @Override
  protected SubspaceConstraintFactory<ScLoraConfig> factory() {
    return new ScLoraFactory();
  }

  @Override
  protected Stream<ScLoraConfig> configurations() {
    return Stream.of(
        ScLoraConfig.defaults(),
        new ScLoraConfig(new Hold.Frozen(), 1, Weighting.PER_TOKEN, true, 0.9));
  }
}
