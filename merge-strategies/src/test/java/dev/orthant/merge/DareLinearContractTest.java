package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class DareLinearContractTest extends MergerContract<DareLinearConfig> {

  @Override
  protected MergerFactory<DareLinearConfig> factory() {
    return new DareLinearFactory();
  }

  @Override
  protected Stream<DareLinearConfig> configurations() {
    return Stream.of(DareConfig.Profile.values())
        .map(
            profile ->
                new DareLinearConfig(0.6, 0.7, DareConfig.Rescale.BY_PROFILE, true, profile));
  }

  @Override
  protected DareLinearConfig asIdentity(DareLinearConfig config) {
    return new DareLinearConfig(1, 1, config.rescale(), config.normalize(), config.profile());
  }
}
