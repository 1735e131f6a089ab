package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import dev.orthant.merge.DareConfig.Merge;
import dev.orthant.merge.DareConfig.Profile;
import dev.orthant.merge.DareConfig.Rescale;
import java.util.stream.Stream;

final class DareContractTest extends MergerContract<DareConfig> {

  @Override
  protected MergerFactory<DareConfig> factory() {
    return new DareFactory();
  }

  @Override
  protected Stream<DareConfig> configurations() {
    return Stream.of(Profile.values())
        .flatMap(
            profile ->
                Stream.of(Merge.values())
                    .map(merge -> new DareConfig(0.6, 0.7, Rescale.BY_PROFILE, merge, profile)));
  }

  @Override
  protected DareConfig asIdentity(DareConfig config) {
    return new DareConfig(1, 1, config.rescale(), config.merge(), config.profile());
  }
}
