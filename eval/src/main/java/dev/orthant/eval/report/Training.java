package dev.orthant.eval.report;

import dev.orthant.core.train.LearningCurve;
import dev.orthant.core.train.LearningCurve.Point;
import dev.orthant.eval.metrics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * How one adapter learned its task with one seed.
 *
 * @param adapter the kind of adapter
 * @param task the task
 * @param metric of its scores
 * @param curve what was recorded
 */
record Training(String adapter, String task, String metric, LearningCurve curve) {

  private static final int POINTS = 150; // of a line, to keep the page small
  private static final String NOTE =
      "Training loss, each point the mean since the point before, and the score on validation "
          + "rows that the best checkpoint is chosen by. Of several seeds the mean, with a 95 % "
          + "interval of the scores.";

  /** The curves of all trainings; nothing if none was recorded. */
  static List<Section> section(List<Training> trainings) {
    Set<String> tasks = new LinkedHashSet<>();
    trainings.forEach(training -> tasks.add(training.task()));
    Choice choice = new Choice("task");
    for (String task : tasks) {
      List<Training> ofTask = trainings.stream().filter(t -> t.task().equals(task)).toList();
      Lines losses = new Lines("Training loss on " + task, "step", "loss", Format.NUMBER);
      String metric = ofTask.get(0).metric();
      Lines scores =
          new Lines("Validation " + metric + " on " + task, "step", metric, Format.PERCENT);
      add(losses, ofTask, LearningCurve::losses, false);
      add(scores, ofTask, LearningCurve::scores, true);
      if (!losses.isEmpty() && !scores.isEmpty()) {
        choice.option(task, losses.thinned(POINTS), scores);
      } else if (!losses.isEmpty()) {
        choice.option(task, losses.thinned(POINTS));
      } else if (!scores.isEmpty()) {
        choice.option(task, scores);
      }
    }
    return choice.isEmpty() ? List.of() : List.of(new Section("Training", NOTE, List.of(choice)));
  }

  private static void add(
      Lines lines,
      List<Training> trainings,
      Function<LearningCurve, List<Point>> points,
      boolean intervals) {
    Map<String, Map<Integer, List<Double>>> byAdapter = new LinkedHashMap<>();
    for (Training training : trainings) {
      for (Point point : points.apply(training.curve())) {
        byAdapter
            .computeIfAbsent(training.adapter(), unused -> new TreeMap<>())
            .computeIfAbsent(point.step(), unused -> new ArrayList<>())
            .add(point.value());
      }
    }
    byAdapter.forEach(
        (adapter, steps) ->
            steps.forEach(
                (step, values) -> {
                  Interval mean = Interval.student(values.stream().mapToDouble(v -> v).toArray());
                  lines.point(
                      adapter, step, intervals ? mean : new Interval(mean.mean(), Double.NaN));
                }));
  }
}
