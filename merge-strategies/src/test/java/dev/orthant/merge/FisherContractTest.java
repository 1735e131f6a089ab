package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import dev.orthant.merge.FisherConfig.Profile;
import java.util.stream.Stream;

final class FisherContractTest extends MergerContract<FisherConfig> {

  @Override
  protected MergerFactory<FisherConfig> factory() {
    return new FisherFactory();
  }

  @Override
  protected Stream<FisherConfig> configurations() {
    return Stream.of(
        FisherConfig.defaults(),
        new FisherConfig(1e-6, false, Profile.PAPER),
        new FisherConfig(1e-6, true, Profile.FUSIONBENCH));
  }

  @Override
  protected FisherConfig asIdentity(FisherConfig config) {
    return config;
  }
}
