package dev.orthant.eval.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.eval.metrics.Metric;
import dev.orthant.eval.metrics.Score;
import dev.orthant.eval.results.QualityFigures.Quality;
import dev.orthant.eval.results.SuiteResults.Candidate;
import dev.orthant.eval.results.SuiteResults.ExpertRun;
import dev.orthant.eval.results.SuiteResults.MergeRun;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class QualityFiguresTest {

  private static final double ROUNDING = 1e-12;

  /**
   * Two seeds of two tasks. Heads alone get 0.5 and 0.6; the merge gets 0.7 and 0.4, then 0.5 and
   * 0.6: over the base by 0.2, -0.2, 0 and 0, so 0 in the mean, and 0.2 / 4 is forgotten. All rows
   * are as sure as 0.8, so the errors are 0.1, 0.4, 0.3 and 0.2.
   */
  @Test
  void calibrationAndForgettingByHand() {
    SuiteResults results =
        new SuiteResults(
            "base",
            1,
            List.of(1L, 2L),
            List.of(
                new SuiteResults.Task("one", 10, 10, score(5), score(5)),
                new SuiteResults.Task("two", 10, 10, score(5), score(5))),
            List.of("lora"),
            List.of(new SuiteResults.Merger("sum", false)),
            List.of(expert(1), expert(2)),
            List.of(merge(1, score(7), score(4)), merge(2, score(5), score(6))),
            List.of(),
            List.of());

    List<Quality> all = new QualityFigures(results).all();

    Quality single = all.get(0);
    assertThat(single.measure()).isEqualTo("single task");
    assertThat(single.overBase()).isCloseTo((0.3 + 0.3) / 2, within(ROUNDING));
    assertThat(single.forgetting()).isZero();
    assertThat(single.parameters()).isEqualTo(16);
    Quality merged = all.get(1);
    assertThat(merged.overBase()).isCloseTo(0, within(ROUNDING));
    assertThat(merged.forgetting()).isCloseTo(0.05, within(ROUNDING));
    assertThat(merged.calibrationError()).isCloseTo(0.25, within(ROUNDING));
    assertThat(merged.calibration().bins().get(7).rows()).isEqualTo(40);
    assertThat(merged.calibration().bins().get(7).accuracy()).isCloseTo(0.55, within(ROUNDING));
    assertThat(merged.parameters()).isEqualTo(32);
  }

  private static ExpertRun expert(long seed) {
    return new ExpertRun(
        "lora",
        seed,
        List.of(score(8), score(9)),
        List.of(score(5), score(6)),
        1,
        1,
        1,
        16,
        List.of(),
        List.of(),
        List.of());
  }

  private static MergeRun merge(long seed, Score... scores) {
    return new MergeRun("lora", "sum", seed, List.of(new Candidate("", 0, List.of(scores))), 0, 32);
  }

  /** Of ten rows, the first ones right, each as sure as 0.8. */
  private static Score score(int right) {
    double[] actual = new double[10];
    Arrays.fill(actual, 0, right, 1);
    double[] predicted = new double[10];
    Arrays.fill(predicted, 1);
    double[] sure = new double[10];
    Arrays.fill(sure, 0.8);
    return new Score(Metric.ACCURACY, right / 10.0, predicted, actual, 2, sure);
  }
}
