package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class NearswapContractTest extends MergerContract<NearswapConfig> {

  @Override
  protected MergerFactory<NearswapConfig> factory() {
    return new NearswapFactory();
  }

  @Override
  protected Stream<NearswapConfig> configurations() {
    return Stream.of(NearswapConfig.defaults(), new NearswapConfig(0.5));
  }
}
