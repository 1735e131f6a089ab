package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class CartContractTest extends MergerContract<CartConfig> {

  @Override
  protected MergerFactory<CartConfig> factory() {
    return new CartFactory();
  }

  @Override
  protected Stream<CartConfig> configurations() {
    return Stream.of(CartConfig.defaults(), new CartConfig(0.5, 0.7), new CartConfig(1, 1));
  }

  @Override
  protected CartConfig asIdentity(CartConfig config) {
    return config;
  }
}
