package dev.orthant.eval.probe;

import dev.orthant.core.text.Example;
import dev.orthant.core.text.TaskData;
import dev.orthant.eval.metrics.Metric;
import dev.orthant.eval.metrics.Score;
import java.util.List;

/**
 * A linear model on frozen features: multinomial logistic regression, or ridge regression for
 * numbers, with an L2 penalty on the weights (not on the intercepts). Features are standardised on
 * the training rows.
 *
 * <p>The loss is {@code sum_i -log softmax(W x_i + c)[y_i] + strength / 2 ||W||^2}, that of
 * scikit-learn's {@code LogisticRegression(C=1 / strength, multi_class="multinomial")}; it is
 * minimised to rounding by Newton's method on all rows, so nothing is random.
 */
public final class LinearProbe {

  /** The strengths to choose from, strongest first. */
  /** Mean gradient at which a fit ends; a tenth of scikit-learn's default among candidates. */
  private static final double SELECTING = 1e-5;

  private static final double FITTING = 1e-8;

  private static final List<Double> STRENGTHS = List.of(1e4, 1e3, 1e2, 1e1, 1.0, 0.1);

  private final Standardizer standardizer;
  private final double[][] parameters; // [outputs][d + 1], the intercept last
  private final double strength;

  private LinearProbe(Standardizer standardizer, double[][] parameters, double strength) {
    this.standardizer = standardizer;
    this.parameters = parameters;
    this.strength = strength;
  }

  /**
   * Fits on the training rows with the strength, of six from 0.1 to 10,000, that scores best on the
   * validation rows; of equally good ones the strongest. Without validation rows the strength is 1.
   *
   * @param task its rows give the labels
   * @param train [n][d], features of the training rows
   * @param validation [m][d], features of the validation rows
   * @throws IllegalArgumentException if features are not those of the rows or not finite
   */
  public static LinearProbe select(
      TaskData task, Metric metric, float[][] train, float[][] validation) {
    metric.requireFor(task);
    requireFeatures("validation", validation, task.validation());
    if (validation.length == 0) {
      return fit(task, train, 1);
    }
    Fitting fitting = new Fitting(task, train, SELECTING);
    LinearProbe best = null;
    double bestValue = Double.NEGATIVE_INFINITY;
    for (double strength : STRENGTHS) {
      LinearProbe probe = fitting.fit(strength);
      double value =
          Score.ofOutputs(metric, task, task.validation(), probe.outputs(validation)).value();
      if (best == null || value > bestValue) {
        best = probe;
        bestValue = Double.isNaN(value) ? Double.NEGATIVE_INFINITY : value;
      }
    }
    return best;
  }

  /**
   * Fits on the training rows with a given strength.
   *
   * @param strength of the penalty, above 0
   */
  public static LinearProbe fit(TaskData task, float[][] train, double strength) {
    if (!(strength > 0 && strength < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("strength must be above 0 and finite, was " + strength);
    }
    return new Fitting(task, train, FITTING).fit(strength);
  }

  /** The outputs [n][outputs]: a logit a class, or the value of a regression. */
  public float[][] outputs(float[][] features) {
    double[][] x = standardizer.apply(features);
    float[][] outputs = new float[x.length][parameters.length];
    for (int i = 0; i < x.length; i++) {
      for (int k = 0; k < parameters.length; k++) {
        double[] w = parameters[k];
        double sum = w[w.length - 1];
        for (int j = 0; j < x[i].length; j++) {
          sum += w[j] * x[i][j];
        }
        outputs[i][k] = (float) sum;
      }
    }
    return outputs;
  }

  /** The strength of the penalty that it was fitted with. */
  public double strength() {
    return strength;
  }

  /** Weights and intercepts for standardised features, [outputs][d + 1]. */
  double[][] parameters() {
    return parameters;
  }

  /**
   * The training rows, ready for one strength after the other; each starts where the last ended.
   */
  private static final class Fitting {

    private final TaskData task;
    private final Standardizer standardizer;
    private final double[][] x; // [n][d]
    private final double[] labels; // [n]
    private final double tolerance;
    private double[] start;

    Fitting(TaskData task, float[][] train, double tolerance) {
      this.tolerance = tolerance;
      requireFeatures("training", train, task.train());
      if (train.length == 0) {
        throw new IllegalArgumentException("task '" + task.name() + "' has no training rows");
      }
      this.task = task;
      this.standardizer = Standardizer.of(train);
      this.x = standardizer.apply(train);
      this.labels = task.train().stream().mapToDouble(Example::label).toArray();
      this.start = new double[task.outputs() * (x[0].length + 1)];
    }

    LinearProbe fit(double strength) {
      start =
          task.isRegression()
              ? RidgeRegression.fit(x, labels, strength)
              : NewtonSolver.minimize(objective(strength), start, tolerance);
      int stride = x[0].length + 1;
      double[][] parameters = new double[task.outputs()][stride];
      for (int k = 0; k < parameters.length; k++) {
        System.arraycopy(start, k * stride, parameters[k], 0, stride);
      }
      return new LinearProbe(standardizer, parameters, strength);
    }

    private SoftmaxObjective objective(double strength) {
      int[] classes = new int[labels.length];
      for (int i = 0; i < classes.length; i++) {
        classes[i] = (int) labels[i];
      }
      return new SoftmaxObjective(x, classes, task.outputs(), strength);
    }
  }

  private static void requireFeatures(String part, float[][] features, List<Example> rows) {
    if (features.length != rows.size()) {
      throw new IllegalArgumentException(
          "there are %d %s rows, features are for %d"
              .formatted(rows.size(), part, features.length));
    }
    for (int i = 0; i < features.length; i++) {
      if (features[i].length != features[0].length) {
        throw new IllegalArgumentException(
            "%s row %d has %d features, row 1 has %d"
                .formatted(part, i + 1, features[i].length, features[0].length));
      }
      for (float v : features[i]) {
        if (!Float.isFinite(v)) {
          throw new IllegalArgumentException(
              "a feature of %s row %d is %s, expected a finite number".formatted(part, i + 1, v));
        }
      }
    }
  }
}
