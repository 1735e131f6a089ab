package dev.orthant.eval.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.testing.Golden;
import dev.orthant.core.text.Example;
import dev.orthant.core.text.TaskData;
import dev.orthant.eval.metrics.Metric;
import dev.orthant.eval.metrics.Score;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LinearProbeTest {

  private static final Golden GOLDEN =
      Golden.load(LinearProbeTest.class, "/reference/probe/probes.json");

  /** Both solvers stop at a gradient of about 1e-8 a row. */
  private static final double SOLVER = 1e-6;

  /** A closed form in double precision. */
  private static final double ROUNDING = 1e-10;

  /** Outputs are single precision. */
  private static final double SINGLE = 1e-5;

  @ParameterizedTest
  @MethodSource("logistic")
  void equalsScikitLearnsLogisticRegression(JsonNode golden) {
    float[][] x = floats(golden.get("x"));
    int classes = golden.get("classes").asInt();
    double strength = golden.get("strength").asDouble();
    TaskData task = task(classes, golden.get("y"));

    LinearProbe probe = LinearProbe.fit(task, x, strength);

    assertThat(loss(probe, task, x)).isCloseTo(golden.get("loss").asDouble(), within(SOLVER));
    for (int k = 0; k < classes; k++) {
      for (int j = 0; j < x[0].length; j++) {
        assertThat(probe.parameters()[k][j])
            .isCloseTo(golden.get("weights").get(k).get(j).asDouble(), within(SOLVER));
      }
    }
    float[][] outputs = probe.outputs(x);
    for (int i = 0; i < x.length; i++) {
      assertThat(softmax(outputs[i], 0))
          .isCloseTo(golden.get("probabilities").get(i).get(0).asDouble(), within(SINGLE));
    }
  }

  @Test
  void equalsScikitLearnsRidge() {
    JsonNode golden = GOLDEN.at("ridge").get(0);
    float[][] x = floats(golden.get("x"));

    LinearProbe probe =
        LinearProbe.fit(task(0, golden.get("y")), x, golden.get("strength").asDouble());

    double[] w = probe.parameters()[0];
    for (int j = 0; j < w.length - 1; j++) {
      assertThat(w[j]).isCloseTo(golden.get("weights").get(j).asDouble(), within(ROUNDING));
    }
    assertThat(w[w.length - 1]).isCloseTo(golden.get("intercept").asDouble(), within(ROUNDING));
  }

  @Test
  void choosesTheStrengthOnValidationRowsAndIsDeterministic() {
    Generated g = generated(300, 40);

    LinearProbe probe = LinearProbe.select(g.task, Metric.ACCURACY, g.train, g.validation);
    LinearProbe again = LinearProbe.select(g.task, Metric.ACCURACY, g.train, g.validation);

    double chosen = accuracy(probe, g);
    assertThat(Arrays.deepEquals(again.parameters(), probe.parameters())).isTrue();
    for (double strength : new double[] {1e4, 1e3, 1e2, 1e1, 1, 0.1}) {
      assertThat(chosen)
          .isGreaterThanOrEqualTo(accuracy(LinearProbe.fit(g.task, g.train, strength), g));
    }
    assertThat(chosen).isGreaterThan(0.6); // chance is a third
  }

  @Test
  void constantFeaturesAndSeparableClassesAreNoProblem() {
    List<Example> rows = List.of(row(0), row(1), row(0), row(1));
    TaskData task = new TaskData("t", List.of("a", "b"), rows, rows, rows);
    float[][] x = {{3, -1}, {3, 1}, {3, -2}, {3, 2}};

    LinearProbe probe = LinearProbe.select(task, Metric.ACCURACY, x, x);

    assertThat(Score.ofOutputs(Metric.ACCURACY, task, rows, probe.outputs(x)).value()).isEqualTo(1);
  }

  @Test
  void refusesFeaturesThatDoNotFit() {
    List<Example> rows = List.of(row(0), row(1));
    TaskData task = new TaskData("t", List.of("a", "b"), rows, List.of(), rows);

    assertThatThrownBy(() -> LinearProbe.fit(task, new float[3][2], 1))
        .hasMessage("there are 2 training rows, features are for 3");
    assertThatThrownBy(() -> LinearProbe.fit(task, new float[][] {{1, 2}, {1}}, 1))
        .hasMessage("training row 2 has 1 features, row 1 has 2");
    assertThatThrownBy(() -> LinearProbe.fit(task, new float[][] {{1}, {Float.NaN}}, 1))
        .hasMessage("a feature of training row 2 is NaN, expected a finite number");
    assertThatThrownBy(() -> LinearProbe.fit(task, new float[2][2], 0))
        .hasMessage("strength must be above 0 and finite, was 0.0");
    assertThatThrownBy(
            () -> LinearProbe.fit(task, new float[][] {{1}, {2}}, 1).outputs(new float[1][3]))
        .hasMessage("the probe was fitted on 1 features, row 1 has 3");
  }

  static Stream<Named<JsonNode>> logistic() {
    return StreamSupport.stream(GOLDEN.at("logistic").spliterator(), false)
        .map(n -> Named.of(n.get("name").asText(), n));
  }

  private static double loss(LinearProbe probe, TaskData task, float[][] x) {
    int[] y = task.train().stream().mapToInt(e -> (int) e.label()).toArray();
    double[] flat = Arrays.stream(probe.parameters()).flatMapToDouble(Arrays::stream).toArray();
    return new SoftmaxObjective(Standardizer.of(x).apply(x), y, task.outputs(), probe.strength())
        .loss(flat);
  }

  private static double softmax(float[] logits, int k) {
    double sum = 0;
    for (float v : logits) {
      sum += Math.exp(v - logits[k]);
    }
    return 1 / sum;
  }

  private static double accuracy(LinearProbe probe, Generated g) {
    return Score.ofOutputs(
            Metric.ACCURACY, g.task, g.task.validation(), probe.outputs(g.validation))
        .value();
  }

  private record Generated(TaskData task, float[][] train, float[][] validation) {}

  /** Three classes, told apart by the first three of many features. */
  private static Generated generated(int n, int d) {
    CounterRandom random = CounterRandom.of(3);
    float[][] x = new float[2 * n][d];
    List<Example> rows = new ArrayList<>();
    for (int i = 0; i < 2 * n; i++) {
      int label = i % 3;
      for (int j = 0; j < d; j++) {
        double noise = random.uniform((long) i * d + j) - 0.5;
        x[i][j] = (float) (4 * noise + (j == label ? 2 : 0));
      }
      rows.add(row(label));
    }
    TaskData task =
        new TaskData(
            "t", List.of("a", "b", "c"), rows.subList(0, n), rows.subList(n, 2 * n), List.of());
    return new Generated(task, Arrays.copyOf(x, n), Arrays.copyOfRange(x, n, 2 * n));
  }

  private static TaskData task(int classes, JsonNode labels) {
    List<Example> rows =
        StreamSupport.stream(labels.spliterator(), false)
            .map(l -> row((float) l.asDouble()))
            .toList();
    List<String> names = IntStream.range(0, classes).mapToObj(k -> "class " + k).toList();
    return new TaskData("t", names, rows, List.of(), List.of());
  }

  private static Example row(float label) {
    return new Example("text", null, label);
  }

  private static float[][] floats(JsonNode rows) {
    float[][] out = new float[rows.size()][rows.get(0).size()];
    for (int i = 0; i < out.length; i++) {
      for (int j = 0; j < out[i].length; j++) {
        out[i][j] = (float) rows.get(i).get(j).asDouble();
      }
    }
    return out;
  }
}
