package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import dev.orthant.merge.TiesConfig.Merge;
import dev.orthant.merge.TiesConfig.Profile;
import java.util.stream.Stream;

final class TiesContractTest extends MergerContract<TiesConfig> {

  @Override
  protected MergerFactory<TiesConfig> factory() {
    return new TiesFactory();
  }

  @Override
  protected Stream<TiesConfig> configurations() {
    return Stream.of(Profile.values())
        .flatMap(
            profile ->
                Stream.of(
                    new TiesConfig(0.4, 0.7, profile, Merge.BY_PROFILE),
                    new TiesConfig(0.4, 0.7, profile, Merge.MAX)));
  }

  @Override
  protected TiesConfig asIdentity(TiesConfig config) {
    return new TiesConfig(1, 1, config.profile(), config.merge());
  }
}
