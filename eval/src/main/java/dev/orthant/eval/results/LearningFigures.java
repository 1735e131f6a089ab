package dev.orthant.eval.results;

import dev.orthant.core.train.LearningCurve;
import dev.orthant.eval.metrics.Interval;
import dev.orthant.eval.results.SuiteResults.Course;
import dev.orthant.eval.results.SuiteResults.ExpertRun;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How the trainings of a suite went: validation scores at each evaluation and training losses in
 * fixed parts of the training, as means over seeds, or over tasks and seeds. A mean over trainings
 * of which one did not record the value, because it ended before, is NaN.
 */
public final class LearningFigures {

  /** All tasks, in place of a task's index. */
  public static final int ALL_TASKS = -1;

  /** Ends of the parts of a training, as shares of its steps. */
  private static final List<Double> PARTS = List.of(0.1, 0.25, 0.5, 0.75, 1.0);

  private final SuiteResults results;
  private final List<Double> epochs;

  /** Figures of these results. */
  public LearningFigures(SuiteResults results) {
    this.results = results;
    List<LearningCurve> curves =
        results.experts().stream()
            .flatMap(run -> run.courses().stream())
            .map(Course::curve)
            .toList();
    int most = curves.stream().mapToInt(curve -> curve.scores().size()).max().orElse(0);
    this.epochs =
        IntStream.range(0, most).mapToObj(evaluation -> meanEpoch(curves, evaluation)).toList();
  }

  /**
   * How an adapter learned.
   *
   * @param scores validation score at each evaluation
   * @param losses mean training loss in each part
   */
  public record Learning(List<Interval> scores, List<Interval> losses) {}

  /**
   * The evaluations of the longest training by the passes over the rows that were done by then, in
   * the mean over trainings; empty if no training has recorded a score.
   */
  public List<Double> epochs() {
    return epochs;
  }

  /** The parts of a training in words: from 0 to the first share, from there to the next. */
  public List<String> parts() {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < PARTS.size(); i++) {
      words.add("%d-%d %%".formatted(i == 0 ? 0 : share(i - 1), share(i)));
    }
    return words;
  }

  /**
   * How an adapter learned a task.
   *
   * @param task index of the task, or {@link #ALL_TASKS}
   */
  public Learning of(String adapter, int task) {
    List<ExpertRun> runs =
        results.experts().stream().filter(run -> run.adapter().equals(adapter)).toList();
    return new Learning(
        IntStream.range(0, epochs.size())
            .mapToObj(
                evaluation ->
                    mean(runs, task, course -> course.curve().evaluation(evaluation).value()))
            .toList(),
        IntStream.range(0, PARTS.size())
            .mapToObj(part -> mean(runs, task, course -> loss(course, part)))
            .toList());
  }

  /** Whether any training has recorded a loss; short ones may not. */
  public boolean hasLosses() {
    return results.experts().stream()
        .flatMap(run -> run.courses().stream())
        .anyMatch(course -> !course.curve().losses().isEmpty());
  }

  private static double meanEpoch(List<LearningCurve> curves, int evaluation) {
    return curves.stream()
        .mapToDouble(curve -> curve.evaluation(evaluation).epoch())
        .filter(Double::isFinite)
        .average()
        .orElseThrow();
  }

  private static double loss(Course course, int part) {
    double from = part == 0 ? 0 : PARTS.get(part - 1) * course.steps();
    return course.curve().lossBetween(from, PARTS.get(part) * course.steps());
  }

  /** The mean over seeds of each seed's mean over the tasks in question. */
  private static Interval mean(List<ExpertRun> runs, int task, ToDoubleFunction<Course> value) {
    return Interval.student(
        runs.stream()
            .mapToDouble(
                run ->
                    (task == ALL_TASKS ? run.courses() : run.courses().subList(task, task + 1))
                        .stream().mapToDouble(value).average().orElse(Double.NaN))
            .toArray());
  }

  private static int share(int part) {
    return (int) Math.round(100 * PARTS.get(part));
  }
}
