package dev.orthant.eval.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orthant.core.config.EvaluationSpec.Comparison;
import dev.orthant.core.train.LearningCurve;
import dev.orthant.core.train.LearningCurve.Point;
import dev.orthant.eval.metrics.Metric;
import dev.orthant.eval.metrics.Score;
import dev.orthant.eval.results.SuiteFigures.Compared;
import dev.orthant.eval.results.SuiteFigures.OfMerge;
import dev.orthant.eval.results.SuiteResults.Candidate;
import dev.orthant.eval.results.SuiteResults.ControlRun;
import dev.orthant.eval.results.SuiteResults.Course;
import dev.orthant.eval.results.SuiteResults.ExpertRun;
import dev.orthant.eval.results.SuiteResults.MergeRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two adapters, two tasks of ten rows, two seeds, small enough to work out by hand. */
final class SuiteFiguresTest {

  /** A few operations in double precision. */
  private static final double ROUNDING = 1e-12;

  /** Commons Math inverts distributions to 1e-9. */
  private static final double INVERSION = 1e-8;

  /** t(1) at 0.975, from tables. */
  private static final double STUDENT_1 = 12.706204736;

  private static final SuiteFigures FIGURES =
      new SuiteFigures(
          new SuiteResults(
              "base",
              42,
              List.of(1L, 2L),
              List.of(task("one"), task("two")),
              List.of("lora", "other"),
              List.of(new SuiteResults.Merger("sum", true, true)),
              List.of(
                  expert("lora", 1, 8, 10),
                  expert("other", 1, 7, 9),
                  expert("lora", 2, 8, 8),
                  expert("other", 2, 7, 9)),
              List.of(
                  merge("lora", 1, 1, scores(4, 6), scores(6, 6)),
                  merge("other", 1, 0, scores(7, 8), scores(5, 5)),
                  merge("lora", 2, 0, scores(6, 6), scores(4, 4)),
                  merge("other", 2, 0, scores(7, 8), scores(5, 5))),
              List.of(new Comparison("lora", "other")),
              List.of(
                  new ControlRun("random", "other", 1, scores(5, 7)),
                  new ControlRun("random", "other", 2, scores(3, 5)))));

  /** Seeds' means are 0.9 and 0.8: mean 0.85, standard error 0.05. */
  @Test
  void singleTaskMeansAreOverTasksAndSeeds() {
    SuiteFigures.Mean mean = FIGURES.adapters().get(0).single();

    assertThat(mean.value()).isCloseTo(0.85, within(ROUNDING));
    assertThat(mean.seeds().halfWidth()).isCloseTo(STUDENT_1 * 0.05, within(INVERSION));
  }

  /** Seeds' means are 0.6 and 0.4, of single-task means of 0.8; tasks' means 0.4 and 0.6. */
  @Test
  void controlsAreMeansToo() {
    SuiteFigures.OfControl random = FIGURES.controls().get(0);

    assertThat(FIGURES.controls()).hasSize(1);
    assertThat(random.adapter()).isEqualTo("other");
    assertThat(random.mean().value()).isCloseTo(0.5, within(ROUNDING));
    assertThat(random.ownRetention()).isCloseTo(0.5 / 0.8, within(ROUNDING));
    assertThat(random.byTask().get(0)).isCloseTo(0.4, within(ROUNDING));
    assertThat(random.byTask().get(1)).isCloseTo(0.6, within(ROUNDING));
  }

  /** Chosen are the second setting of seed 1 and the first of seed 2: both 0.6 and 0.6. */
  @Test
  void mergedFiguresAreOfTheChosenSettings() {
    OfMerge merge = FIGURES.merges().get(0);

    assertThat(merge.mean().value()).isCloseTo(0.6, within(ROUNDING));
    assertThat(merge.settings()).isEqualTo(Map.of("lambda=1.0", 1, "lambda=0.5", 1));
    assertThat(merge.ownRetention()).isCloseTo(0.6 / 0.85, within(ROUNDING));
    assertThat(FIGURES.merges().get(1).referenceRetention())
        .isCloseTo(0.75 / 0.85, within(ROUNDING));
    // task one keeps 0.6 of 0.8, task two 0.6 of 0.9
    assertThat(merge.worstTask()).isEqualTo("two");
    assertThat(merge.worstRetention()).isCloseTo(0.6 / 0.9, within(ROUNDING));
  }

  @Test
  void aCurveHasEverySettingsMeanOnTestRows() {
    Map<String, SuiteFigures.Mean> curve = FIGURES.merges().get(0).curve();

    assertThat(curve.keySet()).containsExactly("lambda=0.5", "lambda=1.0");
    assertThat(curve.get("lambda=0.5").value()).isCloseTo(0.55, within(ROUNDING));
    assertThat(curve.get("lambda=1.0").value()).isCloseTo(0.5, within(ROUNDING));
  }

  /** Differences in single task are -0.1, -0.1, -0.1, 0.1; by task -0.1 and 0. */
  @Test
  void comparisonsArePairedOverSeedsAndTasks() {
    Compared single = FIGURES.againstReference().get(0);

    assertThat(single.measure()).isEqualTo(SuiteFigures.SINGLE);
    assertThat(single.overSeedsAndTasks().difference().mean()).isCloseTo(-0.05, within(ROUNDING));
    assertThat(single.overTasks().difference().halfWidth())
        .isCloseTo(STUDENT_1 * 0.05, within(INVERSION));
    // t = -0.05 / 0.05 = -1 with 3 degrees of freedom: p = 0.391002, from tables
    assertThat(single.overSeedsAndTasks().pValue()).isCloseTo(0.391002, within(1e-6));
    assertThat(single.holm()).isEqualTo(single.overSeedsAndTasks().pValue());
    assertThat(FIGURES.comparisons().get(0).overSeedsAndTasks().difference().mean())
        .isCloseTo(0.05, within(ROUNDING));
  }

  /** Seeds' means after the first epoch are 0.45 and 0.4; losses of the seeds are 1 and 2. */
  @Test
  void learningCurvesAreMeansOverTasksAndSeeds() {
    LearningFigures figures = new LearningFigures(FIGURES.results());

    LearningFigures.Learning learning = figures.of("lora", LearningFigures.ALL_TASKS);

    assertThat(figures.epochs()).containsExactly(1.0, 2.0);
    assertThat(learning.scores().get(0).mean()).isCloseTo(0.425, within(ROUNDING));
    assertThat(learning.scores().get(0).halfWidth())
        .isCloseTo(STUDENT_1 * 0.025, within(INVERSION));
    assertThat(learning.scores().get(1).mean()).isCloseTo(0.85, within(ROUNDING));
    assertThat(learning.losses().get(0).mean()).isCloseTo(1.5, within(ROUNDING));
    assertThat(learning.losses().get(1).mean()).isCloseTo(0.375, within(ROUNDING));
    assertThat(learning.losses().get(2).mean()).isNaN();
    assertThat(figures.of("lora", 1).scores().get(1).mean()).isCloseTo(0.9, within(ROUNDING));
  }

  @Test
  void reportAndFilesHaveTheSameFigures(@TempDir Path folder) throws IOException {
    SuiteReport.write(folder.resolve("report.md"), FIGURES);
    ResultFiles.write(folder.resolve("results.json"), FIGURES);
    ResultFiles.writeCsv(folder.resolve("results.csv"), FIGURES.results());

    assertThat(Files.readString(folder.resolve("report.md")))
        .contains("| lora | 16 | 85.0 ± 63.5 |")
        .contains("| adapter | single task | sum (task known) |")
        .contains("Not one model: each task uses")
        .contains("| lora | lambda=1.0 (1), lambda=0.5 (1) | 60.0 ± 0.0 |")
        .contains("| single task | other | lora | -5.0 ± 15.9 |")
        .contains("| lora | 42.5 ± 31.8 | 85.0 ± 63.5 | 1.500 | 0.375 | n/a | n/a | n/a |")
        .contains("| random | other | 50.0 ± 127.1 |")
        .contains("| two | other | 45.0 ± 0.0 | 90.0 ± 0.0 |");
    assertThat(
            new ObjectMapper()
                .readTree(folder.resolve("results.json").toFile())
                .at("/merges/0/mean/mean")
                .asDouble())
        .isCloseTo(0.6, within(ROUNDING));
    assertThat(Files.readString(folder.resolve("results.json")))
        .contains("\"task_id\" : \"known\"")
        .doesNotContain("not needed");
    assertThat(Files.readAllLines(folder.resolve("results.csv")))
        .contains("lora,1,sum,known,lambda=1.0,true,two,accuracy,0.6")
        .contains("other,1,random,,,,one,accuracy,0.5")
        .hasSize(1 + 4 * 2 * 2 + 4 * 2 * 2 + 2 * 2);
  }

  private static SuiteResults.Task task(String name) {
    return new SuiteResults.Task(name, 100, 20, score(5), score(6));
  }

  private static ExpertRun expert(String adapter, long seed, int right, int rightOfTwo) {
    return new ExpertRun(
        adapter,
        seed,
        scores(right, rightOfTwo),
        scores(5, 5),
        0.7,
        0.8,
        0.9,
        16,
        List.of(course(seed, right / 10.0), course(seed, rightOfTwo / 10.0)),
        List.of(),
        List.of());
  }

  /** Two epochs of ten steps; the score rises to what the test rows give, the loss falls. */
  private static Course course(long seed, double score) {
    return new Course(
        "expert",
        20,
        new LearningCurve(
            List.of(new Point(2, 0.2, seed), new Point(4, 0.4, 0.5), new Point(5, 0.5, 0.25)),
            List.of(new Point(10, 1, score / 2), new Point(20, 2, score))));
  }

  private static MergeRun merge(
      String adapter, long seed, int chosen, List<Score> half, List<Score> whole) {
    return new MergeRun(
        adapter,
        "sum",
        seed,
        List.of(new Candidate("lambda=0.5", 0.5, half), new Candidate("lambda=1.0", 0.5, whole)),
        chosen,
        16);
  }

  private static List<Score> scores(int... right) {
    List<Score> scores = new ArrayList<>();
    for (int r : right) {
      scores.add(score(r));
    }
    return scores;
  }

  /** Of ten rows of class 1, the first ones right. */
  private static Score score(int right) {
    double[] predicted = new double[10];
    double[] actual = new double[10];
    for (int i = 0; i < predicted.length; i++) {
      predicted[i] = i < right ? 1 : 0;
      actual[i] = 1;
    }
    return new Score(Metric.ACCURACY, right / 10.0, predicted, actual, 2);
  }
}
