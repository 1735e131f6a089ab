package dev.orthant.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.TileSource;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;

/** Against a stable sort; the numbers are many times the same, and cross the ends of tiles. */
final class MagnitudeRangeTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 1024, 3001})
  void keepsTheGreatestAndOfEqualOnesTheFirst(int n) {
    float[] values = values(n);
    List<Integer> descending =
        indices(n, Comparator.comparing((Integer k) -> -Math.abs(values[k])));

    for (int kept : new int[] {1, n / 3 + 1, n}) {
      float[] masked = masked(values, MagnitudeRange.greatest(source(values), kept));

      assertThat(masked).containsExactly(only(values, descending.subList(0, kept)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 1024, 3001})
  void keepsPlacesInAscendingOrderWhereOfEqualOnesTheLaterIsTheGreater(int n) {
    float[] values = values(n);
    List<Integer> ascending = indices(n, Comparator.comparing((Integer k) -> Math.abs(values[k])));

    for (int[] range : new int[][] {{0, n}, {0, n / 2 + 1}, {n / 3, n / 3 + 1}, {n / 2, n}}) {
      float[] masked = masked(values, MagnitudeRange.between(source(values), range[0], range[1]));

      assertThat(masked).containsExactly(only(values, ascending.subList(range[0], range[1])));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 1024, 3001})
  void ordersByMagnitudeKeepingEqualOnesInPlace(int n) {
    float[] values = values(n);
    MagnitudeOrder order = new MagnitudeOrder(n);
    order.of(new float[n]); // is used again and again

    int[] ascending = order.of(values);

    assertThat(ascending)
        .containsExactly(
            indices(n, Comparator.comparing((Integer k) -> Math.abs(values[k]))).stream()
                .mapToInt(k -> k)
                .toArray());
  }

  /** Small whole numbers, tiny ones and large ones of either sign; none is zero. */
  private static float[] values(int n) {
    Random random = new Random(n);
    float[] values = new float[n];
    for (int k = 0; k < n; k++) {
      float sign = random.nextBoolean() ? 1 : -1;
      values[k] =
          sign
              * (random.nextInt(4) == 0
                  ? (float) Math.pow(10, random.nextInt(60) - 30)
                  : 1 + random.nextInt(5));
    }
    return values;
  }

  private static List<Integer> indices(int n, Comparator<Integer> by) {
    return IntStream.range(0, n).boxed().sorted(by).toList();
  }

  private static TileSource source(float[] values) {
    return ElementTiles.of(Nd4j.createFromArray(values));
  }

  private static float[] masked(float[] values, MagnitudeRange range) {
    ElementMask mask = range.mask();
    float[] out = new float[values.length];
    float[] tile = new float[ElementTiles.TILE];
    for (int at = 0; at < values.length; at += ElementTiles.TILE) {
      int length = Math.min(ElementTiles.TILE, values.length - at);
      System.arraycopy(values, at, tile, 0, length);
      mask.applyInPlace(tile, at, length);
      System.arraycopy(tile, 0, out, at, length);
    }
    return out;
  }

  private static float[] only(float[] values, List<Integer> indices) {
    float[] out = new float[values.length];
    indices.forEach(k -> out[k] = values[k]);
    return out;
  }
}
