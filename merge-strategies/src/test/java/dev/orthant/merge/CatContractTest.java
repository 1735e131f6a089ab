package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class CatContractTest extends MergerContract<CatConfig> {

  @Override
  protected MergerFactory<CatConfig> factory() {
    return new CatFactory();
  }

  @Override
  protected Stream<CatConfig> configurations() {
    return Stream.of(CatConfig.defaults());
  }

  @Override
  protected CatConfig asIdentity(CatConfig config) {
    return config;
  }
}
