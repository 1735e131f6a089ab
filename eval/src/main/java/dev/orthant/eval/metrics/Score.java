package dev.orthant.eval.metrics;

import dev.orthant.core.text.Example;
import dev.orthant.core.text.TaskData;
import java.util.List;

/**
 * What a predictor got on some rows. Arrays are kept, not copied, and not to be modified.
 *
 * @param metric how the value was computed
 * @param value the value
 * @param predicted the class or the number predicted, a row each
 * @param actual what would have been right
 * @param classes the number of classes, 0 for a regression
 * @param confidences the probability that the model gives to the class it predicts, softmax of its
 *     outputs, a row each; empty where it is not known
 */
public record Score(
    Metric metric,
    double value,
    double[] predicted,
    double[] actual,
    int classes,
    double[] confidences) {

  private static final double[] NOT_KNOWN = {};

  /** A score whose confidences are not known. */
  public Score(Metric metric, double value, double[] predicted, double[] actual, int classes) {
    this(metric, value, predicted, actual, classes, NOT_KNOWN);
  }

  /**
   * The score of a head's outputs; the predicted class is the one with the largest output, the
   * first of equal ones.
   *
   * @param outputs [rows][outputs]
   * @param rows rows of the task, in the order of the outputs
   * @throws IllegalArgumentException if the metric does not suit the task, numbers of rows or
   *     outputs differ, or an output is not finite
   */
  public static Score ofOutputs(
      Metric metric, TaskData task, List<Example> rows, float[][] outputs) {
    if (outputs.length != rows.size()) {
      throw new IllegalArgumentException(
          "task '%s' has %d rows, outputs are for %d"
              .formatted(task.name(), rows.size(), outputs.length));
    }
    double[] predicted = new double[outputs.length];
    for (int i = 0; i < predicted.length; i++) {
      predicted[i] = predicted(task, i, outputs[i]);
    }
    Score score = ofPredictions(metric, task, rows, predicted);
    return task.isRegression() ? score : score.withConfidences(confidences(outputs));
  }

  /**
   * The score of predictions.
   *
   * @param predicted a class or value a row
   */
  public static Score ofPredictions(
      Metric metric, TaskData task, List<Example> rows, double[] predicted) {
    metric.requireFor(task);
    double[] actual = rows.stream().mapToDouble(Example::label).toArray();
    int classes = task.labels().size();
    return new Score(metric, metric.value(predicted, actual, classes), predicted, actual, classes);
  }

  /**
   * The same with confidences.
   *
   * @param known as many as there are rows, or none
   */
  public Score withConfidences(double[] known) {
    if (known.length != 0 && known.length != predicted.length) {
      throw new IllegalArgumentException(
          "%d confidences are given for %d rows".formatted(known.length, predicted.length));
    }
    return new Score(metric, value, predicted, actual, classes, known);
  }

  /** Whether the prediction of a row is right; for a regression, whether it is exact. */
  public boolean isRight(int row) {
    return predicted[row] == actual[row];
  }

  /** The largest of softmax: {@code 1 / sum_k exp(output_k - largest output)}. */
  private static double[] confidences(float[][] outputs) {
    double[] confidences = new double[outputs.length];
    for (int row = 0; row < outputs.length; row++) {
      float largest = Float.NEGATIVE_INFINITY;
      for (float output : outputs[row]) {
        largest = Math.max(largest, output);
      }
      double sum = 0;
      for (float output : outputs[row]) {
        sum += Math.exp((double) output - largest);
      }
      confidences[row] = 1 / sum;
    }
    return confidences;
  }

  private static double predicted(TaskData task, int row, float[] outputs) {
    if (outputs.length != task.outputs()) {
      throw new IllegalArgumentException(
          "task '%s' has %d outputs, row %d has %d"
              .formatted(task.name(), task.outputs(), row + 1, outputs.length));
    }
    int best = 0;
    for (int k = 0; k < outputs.length; k++) {
      if (!Float.isFinite(outputs[k])) {
        throw new IllegalArgumentException(
            "task '%s': output %d of row %d is %s, the model has diverged or its weights are broken"
                .formatted(task.name(), k, row + 1, outputs[k]));
      }
      best = outputs[k] > outputs[best] ? k : best;
    }
    return task.isRegression() ? outputs[0] : best;
  }
}
