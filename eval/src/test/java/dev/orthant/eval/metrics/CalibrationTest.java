package dev.orthant.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.text.Example;
import dev.orthant.core.text.TaskData;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CalibrationTest {

  private static final double ROUNDING = 1e-12;

  /**
   * Six rows: 0.95 and 0.91 right, 0.92 wrong, so the last bin has confidence 0.926667 and accuracy
   * 2/3; 0.55 wrong and 0.6 right, the upper end of its bin, so confidence 0.575 and accuracy 1/2;
   * 1 right in the last bin too, which makes it 0.945 and 3/4. The error is (4 |0.75 - 0.945| + 2
   * |0.5 - 0.575|) / 6 = (0.78 + 0.15) / 6 = 0.155.
   */
  @Test
  void theErrorByHand() {
    Calibration calibration =
        Calibration.of(
            List.of(
                score(new double[] {0.95, 0.91, 0.92, 0.55}, true, true, false, false),
                score(new double[] {0.6, 1}, true, true)));

    assertThat(calibration.bins().get(5).rows()).isEqualTo(2);
    assertThat(calibration.bins().get(5).confidence()).isCloseTo(0.575, within(ROUNDING));
    assertThat(calibration.bins().get(9).rows()).isEqualTo(4);
    assertThat(calibration.bins().get(9).accuracy()).isCloseTo(0.75, within(ROUNDING));
    assertThat(calibration.error()).isCloseTo(0.155, within(ROUNDING));
  }

  @Test
  void rowsOfUnknownConfidenceAreNotCounted() {
    Calibration calibration =
        Calibration.of(List.of(score(new double[0], true, true), score(new double[] {0}, false)));

    assertThat(calibration.rows()).isEqualTo(1);
    assertThat(calibration.bins().get(0).rows()).isEqualTo(1);
    assertThat(calibration.error()).isZero();
    assertThat(Calibration.of(List.of()).error()).isNaN();
  }

  /** exp(2) / (exp(2) + exp(1) + exp(0)) = 0.665241, and 1/3 of three equal outputs. */
  @Test
  void confidenceIsTheLargestOfSoftmax() {
    List<Example> rows = List.of(new Example("a", null, 1), new Example("b", null, 0));
    TaskData task = new TaskData("t", List.of("x", "y", "z"), rows, rows, rows);

    Score score =
        Score.ofOutputs(
            Metric.ACCURACY, task, rows, new float[][] {{1, 2, 0}, {1e30f, 1e30f, 1e30f}});

    assertThat(score.confidences()[0]).isCloseTo(0.6652409557748219, within(ROUNDING));
    assertThat(score.confidences()[1]).isCloseTo(1 / 3.0, within(ROUNDING));
  }

  @Test
  void aConfidenceIsNeededForEveryRow() {
    assertThatThrownBy(() -> score(new double[] {0.5}, true, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 confidences are given for 2 rows");
  }

  private static Score score(double[] confidences, boolean... right) {
    double[] predicted = new double[right.length];
    double[] actual = new double[right.length];
    for (int i = 0; i < right.length; i++) {
      predicted[i] = right[i] ? 0 : 1;
    }
    return new Score(Metric.ACCURACY, 0, predicted, actual, 2).withConfidences(confidences);
  }
}
