package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import dev.orthant.merge.RegMeanConfig.Profile;
import java.util.stream.Stream;

final class RegMeanPlusplusContractTest extends MergerContract<RegMeanConfig> {

  @Override
  protected MergerFactory<RegMeanConfig> factory() {
    return new RegMeanPlusplusFactory();
  }

  @Override
  protected Stream<RegMeanConfig> configurations() {
    return Stream.of(RegMeanConfig.defaults(), new RegMeanConfig(1, 1e-6, Profile.FUSIONBENCH));
  }

  @Override
  protected RegMeanConfig asIdentity(RegMeanConfig config) {
    return config;
  }
}
