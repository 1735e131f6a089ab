package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.TrialModel;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The network of {@code make_trial.py}, {@code logits = W2 tanh(W1 x)}, with hand-written
 * gradients.
 *
 * @param base weights by tensor
 * @param x [rows, dIn] of each input's task
 * @param layers how the two matrices make up layers
 */
record ChainTrial(Map<String, Matrix> base, List<Matrix> x, List<List<String>> layers)
    implements TrialModel {

  static final String LOWER = "l1.weight";
  static final String UPPER = "l2.weight";

  @Override
  public Map<String, FeatureStatistics> features(
      int input, Map<String, ? extends Delta> deltas, Collection<String> tensors) {
    Map<String, FeatureStatistics> features = new LinkedHashMap<>();
    for (String tensor : tensors) {
      Matrix rows = inputs(input, deltas, tensor);
      features.put(
          tensor,
          new FeatureStatistics(
              "t" + input,
              rows.rows(),
              new double[rows.columns()],
              rows.transposeTimes(rows).values()));
    }
    return features;
  }

  @Override
  public Map<String, double[]> crossProducts(
      int input,
      Map<String, ? extends Delta> one,
      Map<String, ? extends Delta> other,
      Collection<String> tensors) {
    Map<String, double[]> products = new LinkedHashMap<>();
    for (String tensor : tensors) {
      products.put(
          tensor, inputs(input, one, tensor).transposeTimes(inputs(input, other, tensor)).values());
    }
    return products;
  }

  @Override
  public Entropy entropy(Map<String, ? extends List<? extends Delta>> deltas, int batchSize) {
    return new Entropy() {

      @Override
      public Slope at(Map<String, double[]> coefficients, int step) {
        return slope(deltas, coefficients);
      }

      @Override
      public void close() {}
    };
  }

  private Slope slope(
      Map<String, ? extends List<? extends Delta>> deltas, Map<String, double[]> coefficients) {
    Map<String, Matrix> weights = new LinkedHashMap<>(base);
    deltas.forEach(
        (tensor, taus) -> {
          for (int i = 0; i < taus.size(); i++) {
            Matrix tau = Matrix.of(tensor, taus.get(i).dense());
            weights.put(tensor, weights.get(tensor).plus(coefficients.get(tensor)[i], tau));
          }
        });
    double value = 0;
    Map<String, double[]> gradient = new LinkedHashMap<>();
    deltas.forEach((tensor, taus) -> gradient.put(tensor, new double[taus.size()]));
    for (Matrix rows : x) {
      Matrix hidden = tanh(rows.timesTranspose(weights.get(LOWER)));
      double[] dLogits = hidden.timesTranspose(weights.get(UPPER)).values().clone();
      int classes = weights.get(UPPER).rows();
      value += entropyInPlace(dLogits, classes);
      Matrix dz = new Matrix(rows.rows(), classes, dLogits);
      double[] dPre = dz.times(weights.get(UPPER)).values().clone();
      for (int k = 0; k < dPre.length; k++) {
        dPre[k] *= 1 - hidden.values()[k] * hidden.values()[k];
      }
      Matrix dHidden = new Matrix(rows.rows(), hidden.columns(), dPre);
      add(gradient.get(UPPER), deltas.get(UPPER), dz.transposeTimes(hidden));
      add(gradient.get(LOWER), deltas.get(LOWER), dHidden.transposeTimes(rows));
    }
    return new Slope(value, gradient);
  }

  private static void add(double[] gradient, List<? extends Delta> taus, Matrix dw) {
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] += dw.dot(Matrix.of("tau", taus.get(i).dense()));
    }
  }

  /** The mean entropy of the rows, which are overwritten by its gradient. */
  private static double entropyInPlace(double[] logits, int classes) {
    int rows = logits.length / classes;
    double sum = 0;
    for (int at = 0; at < logits.length; at += classes) {
      double[] z = Arrays.copyOfRange(logits, at, at + classes);
      double normalizer = Math.log(Arrays.stream(z).map(Math::exp).sum());
      double entropy = 0;
      for (double each : z) {
        entropy -= Math.exp(each - normalizer) * (each - normalizer);
      }
      for (int c = 0; c < classes; c++) {
        double logP = z[c] - normalizer;
        logits[at + c] = -Math.exp(logP) * (logP + entropy) / rows;
      }
      sum += entropy;
    }
    return sum / rows;
  }

  private Matrix inputs(int input, Map<String, ? extends Delta> deltas, String tensor) {
    if (tensor.equals(LOWER)) {
      return x.get(input);
    }
    Matrix lower = base.get(LOWER);
    Delta delta = deltas.get(LOWER);
    Matrix w = delta == null ? lower : lower.plus(1, Matrix.of(LOWER, delta.dense()));
    return tanh(x.get(input).timesTranspose(w));
  }

  private static Matrix tanh(Matrix m) {
    return new Matrix(m.rows(), m.columns(), Arrays.stream(m.values()).map(Math::tanh).toArray());
  }
}
