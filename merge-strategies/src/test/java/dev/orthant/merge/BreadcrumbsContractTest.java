package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class BreadcrumbsContractTest extends MergerContract<BreadcrumbsConfig> {

  @Override
  protected MergerFactory<BreadcrumbsConfig> factory() {
    return new BreadcrumbsFactory();
  }

  @Override
  protected Stream<BreadcrumbsConfig> configurations() {
    return Stream.of(BreadcrumbsConfig.Profile.values())
        .map(profile -> new BreadcrumbsConfig(0.6, 0.1, 0.7, false, profile));
  }

  @Override
  protected BreadcrumbsConfig asIdentity(BreadcrumbsConfig config) {
    return new BreadcrumbsConfig(1, config.gamma(), 1, config.normalize(), config.profile());
  }
}
