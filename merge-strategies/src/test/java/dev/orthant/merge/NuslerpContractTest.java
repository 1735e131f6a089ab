package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class NuslerpContractTest extends MergerContract<NuslerpConfig> {

  @Override
  protected MergerFactory<NuslerpConfig> factory() {
    return new NuslerpFactory();
  }

  @Override
  protected Stream<NuslerpConfig> configurations() {
    return Stream.of(NuslerpConfig.Vectors.values()).map(NuslerpConfig::new);
  }
}
