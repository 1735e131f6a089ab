package dev.orthant.core.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.spi.MatrixOps;
import dev.orthant.core.spi.ShapeMismatchException;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.testing.PlainOps;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class StatisticsCollectorTest {

  private static final StatisticsSource SOURCE =
      new StatisticsSource("fingerprint", "tokenizer", StatisticsSource.Unit.TOKENS);

  /** Single-precision products over batches of at most ten numbers below 1. */
  private static final double ROUNDING = 1e-5;

  private static final int D = 5;

  private final Random random = new Random(1);

  @Test
  void smallBatchByHand() {
    StatisticsCollector collector = collector(List.of("query"), new PlainOps());

    collector.input("query", Nd4j.createFromArray(new float[][] {{1, 2}, {3, -1}}));
    collector.input("query", Nd4j.createFromArray(new float[][] {{0, 4}}));

    // (1 2)'(1 2) + (3 -1)'(3 -1) + (0 4)'(0 4) = (10 -1; -1 21)
    FeatureStatistics query = collector.statistics().modules().get("query");
    assertThat(query.count()).isEqualTo(3);
    assertThat(query.sum()).containsExactly(4, 5);
    assertThat(query.gram()).containsExactly(10, -1, -1, 21);
    assertThat(query.task()).isEqualTo("task");
  }

  @Test
  void batchesAddUpToTheWholeWithAllOperations() {
    try (WorkerPool pool = new WorkerPool(2)) {
      for (MatrixOps ops : List.of(new PlainOps(), new PortableKernels(), new CpuKernels(pool))) {
        StatisticsCollector parts = collector(List.of("query"), ops);
        INDArray first = features(7);
        INDArray second = features(10);

        parts.input("query", first);
        parts.input("query", second);

        FeatureStatistics actual = parts.statistics().modules().get("query");
        assertThat(actual.gram())
            .containsExactly(gram(Nd4j.vstack(first, second)), within(ROUNDING));
        assertThat(actual.count()).isEqualTo(17);
      }
    }
  }

  @Test
  void modulesWithTheSameInputShareTheirStatistics() {
    StatisticsCollector collector = collector(List.of("query", "key", "dense"), new PlainOps());
    for (int batch = 0; batch < 3; batch++) {
      INDArray x = features(4);
      collector.input("query", x);
      collector.input("key", x);
      collector.input("value", x);
      collector.input("dense", features(4));
    }

    TaskStatistics statistics = collector.statistics();

    assertThat(statistics.modules()).containsOnlyKeys("query", "key", "dense");
    assertThat(statistics.modules().get("key")).isSameAs(statistics.modules().get("query"));
    assertThat(statistics.modules().get("dense")).isNotSameAs(statistics.modules().get("query"));
    assertThat(statistics.modules().get("key").count()).isEqualTo(12);
  }

  @Test
  void modulesWhoseInputsWereEqualByChancePartLater() {
    StatisticsCollector collector = collector(List.of("one", "two"), new PlainOps());
    INDArray shared = Nd4j.zeros(4, D);
    collector.input("one", shared);
    collector.input("two", shared);
    INDArray first = features(3);
    INDArray second = features(3);

    collector.input("one", first);
    collector.input("two", second);

    TaskStatistics statistics = collector.statistics();
    assertThat(statistics.modules().get("one").gram())
        .containsExactly(gram(first), within(ROUNDING));
    assertThat(statistics.modules().get("two").gram())
        .containsExactly(gram(second), within(ROUNDING));
    assertThat(statistics.modules().get("two").count()).isEqualTo(7);
  }

  @Test
  void reusedBufferIsReadAtOnce() {
    StatisticsCollector collector = collector(List.of("one", "two"), new PlainOps());
    INDArray buffer = features(3);
    double[] expected = gram(buffer);

    collector.input("one", buffer);
    buffer.assign(7);
    collector.input("two", buffer);

    TaskStatistics statistics = collector.statistics();
    assertThat(statistics.modules().get("one").gram()).containsExactly(expected, within(ROUNDING));
    assertThat(statistics.modules().get("two").gram()[0]).isEqualTo(3 * 7 * 7);
  }

  @Test
  void gramIsExactlySymmetric() {
    StatisticsCollector collector = collector(List.of("query"), new PortableKernels());
    collector.input("query", features(100));

    double[] gram = collector.statistics().modules().get("query").gram();

    for (int i = 0; i < D; i++) {
      for (int j = 0; j < i; j++) {
        assertThat(gram[i * D + j]).isEqualTo(gram[j * D + i]);
      }
    }
  }

  @Test
  void statisticsSoFarCanBeAskedForRepeatedly() {
    StatisticsCollector collector = collector(List.of("query"), new PlainOps());
    collector.input("query", features(2));
    TaskStatistics before = collector.statistics();

    collector.input("query", features(2));

    assertThat(collector.statistics().modules().get("query").count()).isEqualTo(4);
    assertThat(before.modules().get("query").count()).isEqualTo(2);
  }

  @Test
  void badInputIsNamed() {
    StatisticsCollector collector = collector(List.of("query", "key"), new PlainOps());
    INDArray broken = features(2);
    broken.putScalar(1, 3, Float.NaN);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> collector.input("query", broken))
        .withMessage("feature 3 at module 'query' of task 'task' is not finite");
    collector.input("query", features(2));
    assertThatThrownBy(() -> collector.input("query", Nd4j.ones(2, D + 1)))
        .isInstanceOf(ShapeMismatchException.class)
        .hasMessageContaining("query");
    assertThatThrownBy(collector::statistics)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no features were seen at module 'key', task 'task'");
  }

  @Test
  void moduleLeftOutOfAPassIsNoticed() {
    StatisticsCollector collector = collector(List.of("query", "key"), new PlainOps());
    INDArray x = features(2);
    collector.input("query", x);
    collector.input("key", x);
    collector.input("query", features(2));

    assertThatThrownBy(collector::statistics)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("module 'key' was given 1 batches, 'query' with the same input 2");
  }

  private static StatisticsCollector collector(List<String> modules, MatrixOps ops) {
    return new StatisticsCollector("task", SOURCE, modules, ops);
  }

  private INDArray features(int tokens) {
    float[][] x = new float[tokens][D];
    for (float[] row : x) {
      for (int j = 0; j < D; j++) {
        row[j] = random.nextFloat() - 0.3f;
      }
    }
    return Nd4j.createFromArray(x);
  }

  private static double[] gram(INDArray x) {
    double[] gram = new double[D * D];
    for (double[] row : x.toDoubleMatrix()) {
      for (int i = 0; i < gram.length; i++) {
        gram[i] += row[i / D] * row[i % D];
      }
    }
    return gram;
  }
}
