package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import dev.orthant.merge.AdaMergingConfig.Granularity;
import java.util.stream.Stream;

final class AdaMergingPlusplusContractTest extends MergerContract<AdaMergingPlusplusConfig> {

  @Override
  protected MergerFactory<AdaMergingPlusplusConfig> factory() {
    return new AdaMergingPlusplusFactory();
  }

  @Override
  protected Stream<AdaMergingPlusplusConfig> configurations() {
    return Stream.of(
        new AdaMergingPlusplusConfig(0.2, Granularity.TENSOR, 0.3, 1e-2, 60, 4, true),
        new AdaMergingPlusplusConfig(1, Granularity.TASK, 0.3, 1e-2, 20, 4, false));
  }
}
