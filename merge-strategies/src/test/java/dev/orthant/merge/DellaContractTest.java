package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class DellaContractTest extends MergerContract<DellaConfig> {

  @Override
  protected MergerFactory<DellaConfig> factory() {
    return new DellaFactory();
  }

  @Override
  protected Stream<DellaConfig> configurations() {
    return Stream.of(DellaConfig.Profile.values())
        .flatMap(
            profile ->
                Stream.of(DellaConfig.Ranks.values())
                    .map(
                        ranks ->
                            new DellaConfig(
                                0.6,
                                0.2,
                                0.7,
                                ranks,
                                DellaConfig.Rescale.BY_PROFILE,
                                TiesConfig.Merge.BY_PROFILE,
                                profile)));
  }

  @Override
  protected DellaConfig asIdentity(DellaConfig config) {
    return new DellaConfig(
        1, config.epsilon(), 1, config.ranks(), config.rescale(), config.merge(), config.profile());
  }
}
