package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class ModelStockContractTest extends MergerContract<ModelStockConfig> {

  @Override
  protected MergerFactory<ModelStockConfig> factory() {
    return new ModelStockFactory();
  }

  @Override
  protected Stream<ModelStockConfig> configurations() {
    return Stream.of(ModelStockConfig.Angle.values())
        .flatMap(
            angle ->
                Stream.of(new ModelStockConfig(false, angle), new ModelStockConfig(true, angle)));
  }
}
