package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class KarcherContractTest extends MergerContract<KarcherConfig> {

  @Override
  protected MergerFactory<KarcherConfig> factory() {
    return new KarcherFactory();
  }

  @Override
  protected Stream<KarcherConfig> configurations() {
    return Stream.of(KarcherConfig.defaults(), new KarcherConfig(1, 0.1));
  }

  @Override
  protected KarcherConfig asIdentity(KarcherConfig config) {
    return config;
  }
}
