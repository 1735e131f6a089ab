package dev.orthant.core.application;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.SequenceClassifier;
import dev.orthant.core.text.BatchOrder;
import dev.orthant.core.text.LabelledRows;
import dev.orthant.core.train.Evaluator;

/**
 * What the best checkpoint is chosen by: the share of validation rows whose most probable class is
 * theirs, or for a regression the mean squared error.
 */
final class ValidationScore implements Evaluator {

  private final Kernels kernels;
  private final SequenceClassifier classifier;
  private final AdapterSet adapters;
  private final LabelledRows rows;
  private final int batchSize;

  ValidationScore(
      Kernels kernels,
      SequenceClassifier classifier,
      AdapterSet adapters,
      LabelledRows rows,
      int batchSize) {
    this.kernels = kernels;
    this.classifier = classifier;
    this.adapters = adapters;
    this.rows = rows;
    this.batchSize = batchSize;
  }

  static String metric(Head head) {
    return isRegression(head) ? "mean-squared-error" : "accuracy";
  }

  private static boolean isRegression(Head head) {
    return head.outputs() == 1;
  }

  @Override
  public String metric() {
    return metric(classifier.head());
  }

  @Override
  public boolean greaterIsBetter() {
    return !isRegression(classifier.head());
  }

  @Override
  public double evaluate() {
    double sum = 0;
    try (Pass pass = new Pass(kernels, adapters)) {
      for (int[] indices : BatchOrder.evaluation(rows, batchSize)) {
        float[][] outputs = new float[indices.length][];
        Memory.copyRows(classifier.logits(pass, rows.batch(indices)), outputs, 0);
        for (int i = 0; i < indices.length; i++) {
          sum += score(outputs[i], rows.labels()[indices[i]]);
        }
      }
    }
    return sum / rows.size();
  }

  private double score(float[] outputs, float label) {
    int best = 0;
    for (int k = 0; k < outputs.length; k++) {
      if (!Float.isFinite(outputs[k])) {
        throw new ArithmeticException("an output is " + outputs[k]);
      }
      best = outputs[k] > outputs[best] ? k : best;
    }
    if (isRegression(classifier.head())) {
      double error = (double) outputs[0] - label;
      return error * error;
    }
    return best == label ? 1 : 0;
  }
}
