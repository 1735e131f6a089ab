package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class DareTiesContractTest extends MergerContract<DareTiesConfig> {

  @Override
  protected MergerFactory<DareTiesConfig> factory() {
    return new DareTiesFactory();
  }

  @Override
  protected Stream<DareTiesConfig> configurations() {
    return Stream.of(DareConfig.Profile.values())
        .map(
            profile ->
                new DareTiesConfig(
                    0.6, 0.7, DareConfig.Rescale.BY_PROFILE, TiesConfig.Merge.BY_PROFILE, profile));
  }

  @Override
  protected DareTiesConfig asIdentity(DareTiesConfig config) {
    return new DareTiesConfig(1, 1, config.rescale(), config.merge(), config.profile());
  }
}
