package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class BreadcrumbsTiesContractTest extends MergerContract<BreadcrumbsTiesConfig> {

  @Override
  protected MergerFactory<BreadcrumbsTiesConfig> factory() {
    return new BreadcrumbsTiesFactory();
  }

  @Override
  protected Stream<BreadcrumbsTiesConfig> configurations() {
    return Stream.of(BreadcrumbsConfig.Profile.values())
        .map(
            profile ->
                new BreadcrumbsTiesConfig(0.6, 0.1, 0.7, TiesConfig.Merge.BY_PROFILE, profile));
  }

  @Override
  protected BreadcrumbsTiesConfig asIdentity(BreadcrumbsTiesConfig config) {
    return new BreadcrumbsTiesConfig(1, config.gamma(), 1, config.merge(), config.profile());
  }
}
