package dev.orthant.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.TileSource;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;

final class MagnitudeSelectTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 17, 1024, 5000})
  void findsWhatSortingFinds(int n) {
    Random random = new Random(n);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      // a few repeated values, zeros and a wide range of exponents
      values[i] =
          switch (i % 4) {
            case 0 -> (float) random.nextGaussian();
            case 1 -> (float) (random.nextGaussian() * Math.pow(10, random.nextInt(60) - 30));
            case 2 -> random.nextInt(5) - 2;
            default -> -0.5f;
          };
    }
    float[] sorted = new float[n];
    for (int i = 0; i < n; i++) {
      sorted[i] = Math.abs(values[i]);
    }
    Arrays.sort(sorted);
    TileSource elements = ElementTiles.of(Nd4j.createFromArray(values));

    for (int rank : new int[] {1, n / 3 + 1, n / 2 + 1, n}) {
      MagnitudeSelect select = MagnitudeSelect.of(elements, rank);

      float expected = sorted[rank - 1];
      assertThat(select.value()).isEqualTo(expected);
      assertThat(select.above())
          .isEqualTo(IntStream.range(0, n).filter(i -> sorted[i] > expected).count());
    }
  }

  @Test
  void refusesARankThatIsNotThere() {
    assertThatThrownBy(() -> MagnitudeSelect.of(ElementTiles.of(Nd4j.createFromArray(1f, 2f)), 3))
        .hasMessage("rank must be in [1, 2], was 3");
  }
}
