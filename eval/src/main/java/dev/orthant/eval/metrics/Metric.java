package dev.orthant.eval.metrics;

import dev.orthant.core.plugin.NearestName;
import dev.orthant.core.text.TaskData;
import java.util.Arrays;
import java.util.List;

/**
 * How good predictions are; more is better. Values equal those of scikit-learn 1.2 and SciPy 1.10.
 *
 * <p>Predictions and labels are indices of classes, or values for a regression.
 */
public enum Metric {
  /** The share of predictions that are right, in [0, 1]. */
  ACCURACY("accuracy", 0, false) {
    @Override
    double compute(double[] predicted, double[] actual, int classes) {
      return Confusion.of(predicted, actual, classes).accuracy();
    }
  },

  /**
   * {@code 2 TP / (2 TP + FP + FN)} in [0, 1]: of class 1 where there are two classes, else the
   * mean over the classes that were predicted or that rows have (macro average). 0 where undefined.
   */
  F1("f1", 0, false) {
    @Override
    double compute(double[] predicted, double[] actual, int classes) {
      return Confusion.of(predicted, actual, classes).f1();
    }
  },

  /** {@link #F1} averaged over classes even where there are two. */
  MACRO_F1("macro-f1", 0, false) {
    @Override
    double compute(double[] predicted, double[] actual, int classes) {
      return Confusion.of(predicted, actual, classes).macroF1();
    }
  },

  /** The mean of accuracy and F1, which GLUE has for MRPC and QQP. */
  ACCURACY_F1("accuracy-f1", 0, false) {
    @Override
    double compute(double[] predicted, double[] actual, int classes) {
      Confusion confusion = Confusion.of(predicted, actual, classes);
      return (confusion.accuracy() + confusion.f1()) / 2;
    }

    @Override
    public List<Metric> parts() {
      return List.of(ACCURACY, F1);
    }
  },

  /**
   * Matthews' correlation coefficient in [-1, 1], {@code (c s - sum p_k t_k) / sqrt((s^2 - sum
   * p_k^2)(s^2 - sum t_k^2))} with c right of s rows, p_k predictions and t_k rows of class k
   * (Gorodkin, 2004). 0 where undefined, as for a predictor that always says the same.
   */
  MATTHEWS("matthews", -1, false) {
    @Override
    double compute(double[] predicted, double[] actual, int classes) {
      return Confusion.of(predicted, actual, classes).matthews();
    }
  },

  /** Pearson's correlation in [-1, 1]; NaN if predictions or labels are all the same. */
  PEARSON("pearson", -1, true) {
    @Override
    double compute(double[] predicted, double[] actual, int classes) {
      return Correlation.pearson(predicted, actual);
    }
  },

  /**
   * Spearman's rank correlation in [-1, 1], that is Pearson's of average ranks; NaN if predictions
   * or labels are all the same.
   */
  SPEARMAN("spearman", -1, true) {
    @Override
    double compute(double[] predicted, double[] actual, int classes) {
      return Correlation.spearman(predicted, actual);
    }
  },

  /** The mean of Pearson's and Spearman's correlations, which GLUE has for STS-B. */
  PEARSON_SPEARMAN("pearson-spearman", -1, true) {
    @Override
    double compute(double[] predicted, double[] actual, int classes) {
      return (Correlation.pearson(predicted, actual) + Correlation.spearman(predicted, actual)) / 2;
    }

    @Override
    public List<Metric> parts() {
      return List.of(PEARSON, SPEARMAN);
    }
  },

  /**
   * The probability that a language model gives to a token of the right texts, in (0, 1]: the
   * geometric mean over all tokens of all rows, {@code exp(-loss)}, which is one over the
   * perplexity. A prediction is the sum of the logarithms of a row's tokens, the label how many
   * there are.
   */
  TOKEN_PROBABILITY("token-probability", 0, true) {
    @Override
    double compute(double[] predicted, double[] actual, int classes) {
      return Math.exp(Arrays.stream(predicted).sum() / Arrays.stream(actual).sum());
    }

    @Override
    public boolean isForLanguage() {
      return true;
    }
  },

  /**
   * The share of rows of which a language model writes exactly the right text, in [0, 1], white
   * space at both ends aside. A prediction is the label where it does, and 0 where it does not.
   */
  EXACT_MATCH("exact-match", 0, true) {
    @Override
    double compute(double[] predicted, double[] actual, int classes) {
      int right = 0;
      for (int i = 0; i < actual.length; i++) {
        right += predicted[i] == actual[i] ? 1 : 0;
      }
      return (double) right / actual.length;
    }

    @Override
    public boolean isForLanguage() {
      return true;
    }
  };

  private final String id;
  private final double least;
  private final boolean forRegression;

  Metric(String id, double least, boolean forRegression) {
    this.id = id;
    this.least = least;
    this.forRegression = forRegression;
  }

  /**
   * The metric of this name.
   *
   * @throws IllegalArgumentException listing the names there are
   */
  public static Metric named(String id) {
    return Arrays.stream(values())
        .filter(m -> m.id.equals(id))
        .findFirst()
        .orElseThrow(
            () -> {
              List<String> ids = Arrays.stream(values()).map(Metric::id).toList();
              return new IllegalArgumentException(
                  "no metric '%s'%s; there are %s"
                      .formatted(id, NearestName.hint(id, ids), String.join(", ", ids)));
            });
  }

  /** Accuracy for classes, Pearson's correlation for a regression. */
  public static Metric defaultFor(TaskData task) {
    return task.isRegression() ? PEARSON : ACCURACY;
  }

  /** The name in configurations and results. */
  public String id() {
    return id;
  }

  /** The least value there is; the greatest is 1. */
  public double least() {
    return least;
  }

  /** The metrics that it is the mean of; itself alone for most. */
  public List<Metric> parts() {
    return List.of(this);
  }

  /** Whether it is for numbers instead of classes. */
  public boolean isForRegression() {
    return forRegression;
  }

  /** Whether it is for texts that a language model writes. */
  public boolean isForLanguage() {
    return false;
  }

  /** Refuses a metric of classes for a regression and the other way round. */
  public void requireFor(TaskData task) {
    if (task.isRegression() != forRegression) {
      throw new IllegalArgumentException(
          "metric '%s' is for %s, but task '%s' %s"
              .formatted(
                  id,
                  forRegression ? "regressions" : "classes",
                  task.name(),
                  task.isRegression() ? "is a regression" : "has classes"));
    }
  }

  /**
   * The value of predictions.
   *
   * @param predicted a class or value a row
   * @param actual what would have been right, at least one row
   * @param classes the number of classes; not used for a regression
   * @throws IllegalArgumentException for no rows, unequal lengths, a class that is none, or a value
   *     that is not finite
   */
  public double value(double[] predicted, double[] actual, int classes) {
    if (predicted.length != actual.length || actual.length == 0) {
      throw new IllegalArgumentException(
          "metric '%s' needs a prediction for each of at least one row, were %d and %d"
              .formatted(id, predicted.length, actual.length));
    }
    for (int i = 0; i < actual.length; i++) {
      if (!Double.isFinite(predicted[i]) || !Double.isFinite(actual[i])) {
        throw new IllegalArgumentException(
            "metric '%s' needs finite values, row %d has %s for %s"
                .formatted(id, i + 1, predicted[i], actual[i]));
      }
    }
    return compute(predicted, actual, classes);
  }

  abstract double compute(double[] predicted, double[] actual, int classes);
}
