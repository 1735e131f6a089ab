package org.example.orthant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.Site;
import dev.orthant.core.testing.AdapterContract;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The contract of adapters, on these configurations, and numbers worked out by hand. */
final class PlainLowRankTest extends AdapterContract<PlainLowRankConfig> {

  @Override
  protected AdapterFactory<PlainLowRankConfig> factory() {
    return new PlainLowRankFactory();
  }

  @Override
  protected Stream<PlainLowRankConfig> configurations() {
    return Stream.of(config(2, 16), config(3, 1));
  }

  @Override
  protected PlainLowRankConfig withDoubledAlpha(PlainLowRankConfig config) {
    return config(config.rank(), 2 * config.alpha());
  }

  @Test
  void theDeltaIsTheScaledProductOfTheFactors() {
    Site site = new Site("encoder.layer.0.query", 0, 2, 2);
    Adapter adapter =
        factory().create(config(1, 3), AdapterSite.builder(site, new Random(1)).build());
    adapter.parameters().get(0).value().assign(2); // A = [2 2]
    adapter.parameters().get(1).value().putScalar(0, 0, 5); // B = [5 0]'

    // 3 / 1 * B A
    assertThat(adapter.delta().dense().toFloatMatrix()).isEqualTo(new float[][] {{30, 30}, {0, 0}});
  }

  private static PlainLowRankConfig config(int rank, double alpha) {
    return new PlainLowRankConfig(rank, alpha, List.of("query"));
  }
}
