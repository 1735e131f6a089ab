package dev.orthant.eval.results;

import dev.orthant.eval.metrics.Interval;
import dev.orthant.eval.results.SuiteResults.Course;
import dev.orthant.eval.results.SuiteResults.ExpertRun;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How the trainings of a suite went: validation scores after each epoch and training losses in
 * fixed parts of the training, as means over seeds, or over tasks and seeds. A mean over trainings
 * of which one did not record the value, because it ended before, is NaN.
 */
public final class LearningFigures {

  /** All tasks, in place of a task's index. */
  public static final int ALL_TASKS = -1;

  /** Ends of the parts of a training, as shares of its steps. */
  private static final List<Double> PARTS = List.of(0.1, 0.25, 0.5, 0.75, 1.0);

  private final SuiteResults results;
  private final int epochs;

  /** Figures of these results. */
  public LearningFigures(SuiteResults results) {
    this.results = results;
    this.epochs =
        results.experts().stream()
            .flatMap(run -> run.courses().stream())
            .flatMap(course -> course.curve().scores().stream())
            .mapToInt(score -> (int) Math.ceil(score.epoch()))
            .max()
            .orElse(0);
  }

  /**
   * How an adapter learned.
   *
   * @param scores validation score after each epoch
   * @param losses mean training loss in each part
   */
  public record Learning(List<Interval> scores, List<Interval> losses) {}

  /** The number of epochs of the longest training; 0 if no training has recorded a score. */
  public int epochs() {
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
        IntStream.rangeClosed(1, epochs)
            .mapToObj(epoch -> mean(runs, task, course -> course.curve().scoreAfter(epoch)))
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
