package dev.orthant.core.testing;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.spi.TrialModel;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A model to try deltas with that is none: every matrix is a layer of its own, whose features are
 * random rows of the input's name, scaled by a number that depends on the deltas of the other
 * matrices; the entropy is the squared distance from half of the deltas' mean.
 *
 * @param names of the inputs
 * @param widths the number of features by tensor, in the model's order
 */
record RandomTrial(List<String> names, Map<String, Integer> widths) implements TrialModel {

  private static final int ROWS = 16;
  private static final double DEPENDENCE = 0.1;

  @Override
  public List<List<String>> layers() {
    return widths.keySet().stream().map(List::of).toList();
  }

  @Override
  public Map<String, FeatureStatistics> features(
      int input, Map<String, ? extends Delta> deltas, Collection<String> tensors) {
    Map<String, FeatureStatistics> features = new LinkedHashMap<>();
    crossProducts(input, deltas, deltas, tensors)
        .forEach(
            (tensor, gram) ->
                features.put(
                    tensor,
                    new FeatureStatistics(
                        names.get(input), ROWS, new double[width(tensor)], gram)));
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
      double[] x = rows(input, tensor, scale(one, tensor));
      double[] y = rows(input, tensor, scale(other, tensor));
      int d = width(tensor);
      double[] sum = new double[d * d];
      for (int row = 0; row < ROWS; row++) {
        for (int i = 0; i < d; i++) {
          for (int j = 0; j < d; j++) {
            sum[i * d + j] += x[row * d + i] * y[row * d + j];
          }
        }
      }
      products.put(tensor, sum);
    }
    return products;
  }

  @Override
  public Entropy entropy(Map<String, ? extends List<? extends Delta>> deltas, int batchSize) {
    return new Distance(deltas);
  }

  private int width(String tensor) {
    return widths.getOrDefault(tensor, 0);
  }

  private double scale(Map<String, ? extends Delta> deltas, String tensor) {
    double sum = 0;
    for (Map.Entry<String, ? extends Delta> delta : deltas.entrySet()) {
      if (!delta.getKey().equals(tensor)) {
        for (float value : ElementTiles.toHeap(delta.getValue().dense())) {
          sum += value;
        }
      }
    }
    return 1 + DEPENDENCE * Math.sin(sum);
  }

  private double[] rows(int input, String tensor, double scale) {
    Random random = new Random(31L * tensor.hashCode() + names.get(input).hashCode());
    double[] rows = new double[ROWS * width(tensor)];
    for (int k = 0; k < rows.length; k++) {
      rows[k] = scale * random.nextGaussian();
    }
    return rows;
  }

  /** {@code sum over tensors of |sum_i c_i tau_i - mean tau / 2|^2 / 2}. */
  private record Distance(Map<String, ? extends List<? extends Delta>> deltas) implements Entropy {

    @Override
    public Slope at(Map<String, double[]> coefficients, int step) {
      double value = 0;
      Map<String, double[]> gradient = new LinkedHashMap<>();
      for (String tensor : deltas.keySet()) {
        List<float[]> taus =
            deltas.get(tensor).stream().map(d -> ElementTiles.toHeap(d.dense())).toList();
        double[] c = coefficients.getOrDefault(tensor, new double[taus.size()]);
        double[] slope = new double[c.length];
        for (int k = 0; k < taus.get(0).length; k++) {
          double residual = 0;
          for (int i = 0; i < c.length; i++) {
            residual += (c[i] - 0.5 / c.length) * taus.get(i)[k];
          }
          value += residual * residual / 2;
          for (int i = 0; i < c.length; i++) {
            slope[i] += residual * taus.get(i)[k];
          }
        }
        gradient.put(tensor, slope);
      }
      return new Slope(value, gradient);
    }

    @Override
    public void close() {}
  }
}
