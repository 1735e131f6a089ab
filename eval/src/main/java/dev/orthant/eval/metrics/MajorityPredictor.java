package dev.orthant.eval.metrics;

import dev.orthant.core.text.Example;
import dev.orthant.core.text.TaskData;
import java.util.Arrays;
import java.util.List;

/**
 * Says the same for every row: the most frequent class of the training rows, the first of equally
 * frequent ones; for a regression their mean.
 */
public final class MajorityPredictor {

  private MajorityPredictor() {}

  /** The class or value that is predicted for every row. */
  public static double prediction(TaskData task) {
    if (task.train().isEmpty()) {
      throw new IllegalArgumentException("task '" + task.name() + "' has no training rows");
    }
    if (task.isRegression()) {
      return task.train().stream().mapToDouble(Example::label).sum() / task.train().size();
    }
    int[] counts = new int[task.labels().size()];
    task.train().forEach(e -> counts[(int) e.label()]++);
    int best = 0;
    for (int k = 1; k < counts.length; k++) {
      best = counts[k] > counts[best] ? k : best;
    }
    return best;
  }

  /** The score on some rows; a correlation is not defined for constant predictions and is NaN. */
  public static Score score(Metric metric, TaskData task, List<Example> rows) {
    double[] predicted = new double[rows.size()];
    Arrays.fill(predicted, prediction(task));
    return Score.ofPredictions(metric, task, rows, predicted);
  }
}
