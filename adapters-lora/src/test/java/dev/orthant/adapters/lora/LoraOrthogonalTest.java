package dev.orthant.adapters.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.Site;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

final class LoraOrthogonalTest {

  /** Of sums of 300 squares of normal numbers: five standard deviations of their mean. */
  private static final double SPREAD = 0.3;

  @Test
  void bothFactorsStartAtTheirScaleAndTheirProductAtZero() {
    AdapterSite site = AdapterSite.builder(new Site("layer", 0, 300, 200), new Random(4)).build();

    Adapter adapter = new LoraOrthogonalFactory().create(LoraOrthogonalConfig.defaults(), site);

    INDArray a = adapter.parameters().get(0).value();
    INDArray b = adapter.parameters().get(1).value();
    // half of the 8 directions, each of 300 or 200 numbers of standard deviation 0.1
    assertThat(square(a)).isCloseTo(4 * 300 * 0.01, within(SPREAD * 12));
    assertThat(square(b)).isCloseTo(4 * 200 * 0.01, within(SPREAD * 8));
    LoraDelta delta = (LoraDelta) adapter.delta();
    assertThat(delta.norm()).isLessThan(1e-6 * Math.sqrt(square(a) * square(b)));
  }

  @Test
  void oddRanksAreRefused() {
    assertThatThrownBy(() -> LoraOrthogonalConfig.defaults().at(3, 6))
        .hasMessage("rank must be even, since its halves are orthogonal to each other, was 3");
    assertThatThrownBy(
            () ->
                new LoraOrthogonalConfig(
                    2,
                    4,
                    false,
                    0,
                    List.of("query"),
                    List.of(),
                    List.of(),
                    Map.of("query", 5),
                    Map.of()))
        .hasMessageStartingWith("rank_pattern 'query' must be even");
  }

  private static double square(INDArray array) {
    double norm = array.norm2Number().doubleValue();
    return norm * norm;
  }
}
