package dev.orthant.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.text.Example;
import dev.orthant.core.text.TaskData;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ScoreTest {

  private static final double ROUNDING = 1e-12;

  /** The standard deviation of 1,000 samples is known to about 1 / sqrt(2000), thrice. */
  private static final double BOOTSTRAP = 0.07;

  private static final List<Example> ROWS = rows(1, 0, 1, 1);
  private static final TaskData TASK =
      new TaskData("task", List.of("no", "yes"), rows(1, 1, 0), List.of(), ROWS);

  @Test
  void predictsTheLargestOutputAndTheFirstOfEqualOnes() {
    float[][] outputs = {{0, 1}, {2, -1}, {3, 3}, {-2, -1}};

    Score score = Score.ofOutputs(Metric.ACCURACY, TASK, ROWS, outputs);

    assertThat(score.predicted()).containsExactly(1, 0, 0, 1);
    assertThat(score.value()).isEqualTo(0.75);
    assertThat(IntStream.range(0, 4).mapToObj(score::isRight))
        .containsExactly(true, true, false, true);
  }

  @Test
  void aRegressionPredictsItsOnlyOutput() {
    List<Example> rows = rows(1.5f, 2.5f, 4);
    TaskData task = new TaskData("sts", List.of(), rows, rows, rows);

    Score score = Score.ofOutputs(Metric.PEARSON, task, rows, new float[][] {{3}, {5}, {8}});

    assertThat(score.value()).isCloseTo(1, within(ROUNDING));
    assertThat(MajorityPredictor.prediction(task)).isCloseTo(8 / 3.0, within(ROUNDING));
    assertThat(MajorityPredictor.score(Metric.PEARSON, task, rows).value()).isNaN();
  }

  @Test
  void theMajorityIsThatOfTheTrainingRows() {
    Score score = MajorityPredictor.score(Metric.ACCURACY, TASK, ROWS);

    assertThat(score.predicted()).containsOnly(1);
    assertThat(score.value()).isEqualTo(0.75);
  }

  @Test
  void standardErrorOfAnAccuracyByHand() {
    // differences 1, 0, 0, -1: mean 0, sum of squares 2, sqrt(2 / 3 / 4)
    Score one = Score.ofPredictions(Metric.ACCURACY, TASK, ROWS, new double[] {1, 0, 1, 0});
    Score other = Score.ofPredictions(Metric.ACCURACY, TASK, ROWS, new double[] {0, 0, 1, 1});

    Difference difference = Difference.between(one, other);

    assertThat(difference.value()).isZero();
    assertThat(difference.standardError()).isCloseTo(Math.sqrt(2.0 / 3 / 4), within(ROUNDING));
  }

  @Test
  void equalPredictionsDifferByNothing() {
    Score score = Score.ofPredictions(Metric.MATTHEWS, TASK, ROWS, new double[] {1, 0, 1, 0});

    assertThat(Difference.between(score, score)).isEqualTo(new Difference(0, 0));
  }

  @Test
  void bootstrapAgreesWithTheClosedFormWhereThereIsOne() {
    // F1 of class 1 has none; accuracy through the same code would: so compare Matthews, which for
    // balanced rows and symmetric mistakes is 2 * accuracy - 1 up to terms of second order
    int n = 2000;
    float[] labels = new float[n];
    double[] one = new double[n];
    double[] other = new double[n];
    CounterRandom random = CounterRandom.of(5);
    for (int i = 0; i < n; i++) {
      labels[i] = i % 2;
      one[i] = random.uniform(2 * i) < 0.2 ? 1 - labels[i] : labels[i];
      other[i] = random.uniform(2 * i + 1) < 0.3 ? 1 - labels[i] : labels[i];
    }
    List<Example> rows = rows(labels);

    Difference accuracy =
        Difference.between(score(Metric.ACCURACY, rows, one), score(Metric.ACCURACY, rows, other));
    Difference matthews =
        Difference.between(score(Metric.MATTHEWS, rows, one), score(Metric.MATTHEWS, rows, other));

    assertThat(matthews.standardError() / (2 * accuracy.standardError()))
        .isCloseTo(1, within(BOOTSTRAP));
  }

  @Test
  void refusesWhatDoesNotFit() {
    Score score = score(Metric.ACCURACY, ROWS, new double[] {1, 0, 1, 0});
    Score f1 = score(Metric.F1, ROWS, new double[] {1, 0, 1, 0});
    float[][] broken = {{0, Float.NaN}, {2, -1}, {3, 3}, {-2, -1}};

    assertThatThrownBy(() -> Difference.between(score, f1))
        .hasMessage(
            "a paired difference needs one metric and the same rows, were accuracy of 4 rows and"
                + " f1 of 4");
    assertThatThrownBy(() -> Score.ofOutputs(Metric.ACCURACY, TASK, ROWS, broken))
        .hasMessage(
            "task 'task': output 1 of row 1 is NaN, the model has diverged or its weights are"
                + " broken");
    assertThatThrownBy(() -> Score.ofOutputs(Metric.ACCURACY, TASK, ROWS, new float[3][2]))
        .hasMessage("task 'task' has 4 rows, outputs are for 3");
    assertThatThrownBy(() -> Score.ofOutputs(Metric.ACCURACY, TASK, ROWS, new float[4][3]))
        .hasMessage("task 'task' has 2 outputs, row 1 has 3");
    assertThatThrownBy(() -> score(Metric.PEARSON, ROWS, new double[4]))
        .hasMessage("metric 'pearson' is for regressions, but task 'task' has classes");
  }

  private static Score score(Metric metric, List<Example> rows, double[] predicted) {
    return Score.ofPredictions(metric, TASK, rows, predicted);
  }

  private static List<Example> rows(float... labels) {
    return IntStream.range(0, labels.length)
        .mapToObj(i -> new Example("text " + i, null, labels[i]))
        .toList();
  }
}
