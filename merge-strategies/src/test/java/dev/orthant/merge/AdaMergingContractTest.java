package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import dev.orthant.merge.AdaMergingConfig.Granularity;
import java.util.stream.Stream;

final class AdaMergingContractTest extends MergerContract<AdaMergingConfig> {

  @Override
  protected MergerFactory<AdaMergingConfig> factory() {
    return new AdaMergingFactory();
  }

  @Override
  protected Stream<AdaMergingConfig> configurations() {
    return Stream.of(
        new AdaMergingConfig(Granularity.TENSOR, 0.3, 1e-2, 60, 4, true),
        new AdaMergingConfig(Granularity.TASK, 0.9, 1e-2, 60, 4, true),
        new AdaMergingConfig(Granularity.TASK, 0.3, 1e-2, 20, 4, false));
  }
}
