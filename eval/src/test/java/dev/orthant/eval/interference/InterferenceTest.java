package dev.orthant.eval.interference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class InterferenceTest {

  /** The brute-force products are single precision. */
  private static final double SINGLE = 1e-5;

  private static final int IN = 7;
  private static final int OUT = 5;

  @Test
  void equalsTheNormsOfTheProductsWithTheFeatures() {
    Map<String, INDArray> features = new LinkedHashMap<>(); // [tokens, IN] a task and module
    Map<String, Map<String, Delta>> deltas = new LinkedHashMap<>();
    Map<String, Map<String, FeatureStatistics>> statistics = new LinkedHashMap<>();
    for (String task : List.of("one", "two", "three")) {
      deltas.put(task, new LinkedHashMap<>());
      statistics.put(task, new LinkedHashMap<>());
      for (String module : List.of("query", "value")) {
        INDArray x = random(task + module, 11 + task.length(), IN);
        features.put(task + module, x);
        statistics.get(task).put(module, statistics(task, x));
        INDArray b = random(task + module + "b", OUT, 2);
        INDArray a = random(task + module + "a", 2, IN);
        LoraDelta lora = new LoraDelta(b, a, 0.5);
        deltas.get(task).put(module, module.equals("value") ? new DenseDelta(lora.dense()) : lora);
      }
    }

    Interference interference = Interference.measure(deltas, statistics);

    assertThat(interference.tasks()).containsExactly("one", "two", "three");
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        double squares = 0;
        for (String module : List.of("query", "value")) {
          INDArray x = features.get(interference.tasks().get(j) + module);
          INDArray d = deltas.get(interference.tasks().get(i)).get(module).dense();
          double norm = x.mmul(d.transpose()).norm2Number().doubleValue();
          squares += norm * norm / x.rows();
        }
        assertThat(interference.effects().get(i).get(j))
            .isCloseTo(Math.sqrt(squares), within(SINGLE));
      }
    }
  }

  @Test
  void orthogonalFeaturesAreNotDisturbed() {
    // task "x" lives on the first axis and reads it, task "y" on the second
    Map<String, Map<String, Delta>> deltas = new LinkedHashMap<>();
    deltas.put("x", Map.of("m", new DenseDelta(Nd4j.createFromArray(new float[][] {{3, 0}}))));
    deltas.put("y", Map.of("m", new DenseDelta(Nd4j.createFromArray(new float[][] {{1, 2}}))));
    Map<String, Map<String, FeatureStatistics>> statistics =
        Map.of(
            "x", Map.of("m", statistics("x", Nd4j.createFromArray(new float[][] {{2, 0}}))),
            "y", Map.of("m", statistics("y", Nd4j.createFromArray(new float[][] {{0, 4}}))));

    Interference interference = Interference.measure(deltas, statistics);

    assertThat(interference.effects()).isEqualTo(List.of(List.of(6.0, 0.0), List.of(2.0, 8.0)));
    assertThat(interference.relative(0, 1)).isZero();
    assertThat(interference.relative(1, 0)).isEqualTo(0.25);
    assertThat(interference.meanRelative()).isEqualTo(0.125);
  }

  @Test
  void anEmptyDeltaHasNoRelativeEffect() {
    Interference interference =
        new Interference(List.of("x", "y"), List.of(List.of(0.0, 0.0), List.of(1.0, 2.0)));

    assertThat(interference.relative(0, 1)).isNaN();
    assertThat(interference.meanRelative()).isNaN();
  }

  @Test
  void namesWhatIsMissing() {
    INDArray x = Nd4j.ones(3, 2);
    Map<String, Map<String, Delta>> deltas =
        Map.of("x", Map.of("m", new DenseDelta(Nd4j.ones(1, 2))));

    assertThatThrownBy(() -> Interference.measure(deltas, Map.of()))
        .hasMessage("there are no feature statistics of task 'x'; there are those of []");
    assertThatThrownBy(
            () -> Interference.measure(deltas, Map.of("x", Map.of("n", statistics("x", x)))))
        .hasMessage(
            "the adapter of task 'x' changes module m, of which task 'x' has no statistics");
    assertThatThrownBy(
            () ->
                Interference.measure(
                    deltas, Map.of("x", Map.of("m", statistics("x", Nd4j.ones(3, 4))))))
        .hasMessage(
            "module m: the delta of task 'x' has shape [1, 2], the features of task 'x' have 4");
  }

  private static INDArray random(String name, int rows, int columns) {
    CounterRandom random = CounterRandom.of(1, name);
    float[][] values = new float[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        values[i][j] = (float) (random.uniform((long) i * columns + j) - 0.5);
      }
    }
    return Nd4j.createFromArray(values);
  }

  private static FeatureStatistics statistics(String task, INDArray x) {
    int d = x.columns();
    double[] sum = new double[d];
    double[] gram = new double[d * d];
    for (int t = 0; t < x.rows(); t++) {
      for (int i = 0; i < d; i++) {
        sum[i] += x.getDouble(t, i);
        for (int j = 0; j < d; j++) {
          gram[i * d + j] += x.getDouble(t, i) * x.getDouble(t, j);
        }
      }
    }
    return new FeatureStatistics(task, x.rows(), sum, gram);
  }
}
