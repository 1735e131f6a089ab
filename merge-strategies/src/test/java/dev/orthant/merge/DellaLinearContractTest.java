package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class DellaLinearContractTest extends MergerContract<DellaLinearConfig> {

  @Override
  protected MergerFactory<DellaLinearConfig> factory() {
    return new DellaLinearFactory();
  }

  @Override
  protected Stream<DellaLinearConfig> configurations() {
    return Stream.of(DellaConfig.Profile.values())
        .map(
            profile ->
                new DellaLinearConfig(
                    0.6,
                    0.2,
                    0.7,
                    DellaConfig.Ranks.ROW,
                    DellaConfig.Rescale.BY_PROFILE,
                    true,
                    profile));
  }

  @Override
  protected DellaLinearConfig asIdentity(DellaLinearConfig config) {
    return new DellaLinearConfig(
        1,
        config.epsilon(),
        1,
        config.ranks(),
        config.rescale(),
        config.normalize(),
        config.profile());
  }
}
