package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import dev.orthant.merge.FisherConfig.Information;
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
        new FisherConfig(1e-6, false, Profile.PAPER, Information.EXACT),
        new FisherConfig(1e-6, true, Profile.FUSIONBENCH, Information.EXACT));
  }

  @Override
  protected FisherConfig asIdentity(FisherConfig config) {
    return config;
  }
}
