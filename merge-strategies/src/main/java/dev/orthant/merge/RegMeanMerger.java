package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The closed form of the least squares problem, one tensor at a time. */
final class RegMeanMerger implements Merger {

  private final RegMeanConfig config;

  RegMeanMerger(RegMeanConfig config) {
    this.config = config;
  }

  @Override
  public Delta merge(MergeTensor tensor) {
    return merge(tensor, features(tensor));
  }

  /** The closed form with features of all inputs; the mean if there are none. */
  Delta merge(MergeTensor tensor, List<FeatureStatistics> features) {
    double[] shares = shares(tensor); // add up to 1
    if (features.isEmpty()) {
      return LinearRule.sum(tensor, shares);
    }
    double ridge = ridge(features, shares);
    List<Matrix> grams = new ArrayList<>();
    for (int i = 0; i < shares.length; i++) {
      grams.add(gram(features.get(i), shares[i], ridge));
    }
    List<Delta> deltas = new ArrayList<>();
    for (int i = 0; i < shares.length; i++) {
      deltas.add(tensor.delta(i));
    }
    try {
      return deltas.stream().allMatch(LoraDelta.class::isInstance)
          ? lowRank(deltas.stream().map(LoraDelta.class::cast).toList(), grams)
          : dense(deltas, grams);
    } catch (ArithmeticException e) {
      throw new ArithmeticException(
          "tensor '%s': %s; a greater ridge than %s helps"
              .formatted(tensor.name(), e.getMessage(), config.ridge()));
    }
  }

  private static LoraDelta lowRank(List<LoraDelta> deltas, List<Matrix> grams) {
    List<Matrix> columns = new ArrayList<>(); // G_i A_i' s_i [dIn, rank_i]
    INDArray[] bs = new INDArray[deltas.size()]; // [dOut, rank_i]
    for (int i = 0; i < bs.length; i++) {
      LoraDelta delta = deltas.get(i);
      bs[i] = delta.b();
      columns.add(grams.get(i).timesTranspose(Matrix.of("A", delta.a())).scaled(delta.scaling()));
    }
    Matrix a = sum(grams).solvePositive(Matrix.beside(columns)); // [dIn, sum of ranks]
    return new LoraDelta(Nd4j.concat(1, bs).dup('c'), a.transpose().toArray(), 1);
  }

  private static DenseDelta dense(List<Delta> deltas, List<Matrix> grams) {
    Matrix outputs = null; // sum_i G_i tau_i' [dIn, dOut]
    for (int i = 0; i < deltas.size(); i++) {
      Matrix each = grams.get(i).timesTranspose(Matrix.of("delta", deltas.get(i).dense()));
      outputs = outputs == null ? each : outputs.plus(1, each);
    }
    if (outputs == null) {
      throw new IllegalArgumentException("nothing to merge");
    }
    return new DenseDelta(sum(grams).solvePositive(outputs).transpose().toArray());
  }

  private static Matrix sum(List<Matrix> grams) {
    Matrix sum = grams.get(0);
    for (Matrix gram : grams.subList(1, grams.size())) {
      sum = sum.plus(1, gram);
    }
    return sum;
  }

  /** {@code share * (alpha G + (1 - alpha) diag(G) + ridge I)}, [dIn, dIn]. */
  private Matrix gram(FeatureStatistics features, double share, double ridge) {
    double[] gram = features.gram();
    int d = features.dimension();
    double factor = share * perVector(features);
    double[] out = new double[gram.length];
    for (int k = 0; k < out.length; k++) {
      out[k] = factor * config.alpha() * gram[k];
    }
    for (int j = 0; j < d; j++) {
      out[j * d + j] = factor * gram[j * d + j] + share * ridge;
    }
    return new Matrix(d, d, out);
  }

  /** Relative to the mean diagonal of the weighted Gram matrices; 1 if they are zero. */
  private double ridge(List<FeatureStatistics> features, double[] shares) {
    double trace = 0;
    int d = features.get(0).dimension();
    for (int i = 0; i < shares.length; i++) {
      double[] gram = features.get(i).gram();
      for (int j = 0; j < d; j++) {
        trace += shares[i] * perVector(features.get(i)) * gram[j * d + j];
      }
    }
    return trace > 0 ? config.ridge() * trace / d : 1;
  }

  private double perVector(FeatureStatistics features) {
    return config.profile() == RegMeanConfig.Profile.FUSIONBENCH ? 1.0 / features.count() : 1;
  }

  /** Of all inputs, or none if the tensor is no module's matrix. */
  private static List<FeatureStatistics> features(MergeTensor tensor) {
    long[] shape = tensor.shape();
    List<FeatureStatistics> all = new ArrayList<>();
    for (int i = 0; i < tensor.inputs(); i++) {
      Optional<FeatureStatistics> features = tensor.statistics(i);
      if (shape.length != 2 || features.isEmpty()) {
        continue;
      }
      if (features.get().dimension() != shape[1]) {
        throw new IllegalArgumentException(
            "tensor '%s' has %d inputs, the statistics of input '%s' have %d features"
                .formatted(tensor.name(), shape[1], tensor.input(i), features.get().dimension()));
      }
      all.add(features.get());
    }
    if (!all.isEmpty() && all.size() < tensor.inputs()) {
      throw new IllegalArgumentException(
          "tensor '%s': %d of %d inputs have statistics, all must have them"
              .formatted(tensor.name(), all.size(), tensor.inputs()));
    }
    return all;
  }

  private static double[] shares(MergeTensor tensor) {
    double[] weights = LinearRule.weights(tensor);
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] < 0) {
        throw new IllegalArgumentException(
            "the weight of input '%s' must not be negative in least squares, was %s"
                .formatted(tensor.input(i), weights[i]));
      }
    }
    return Shares.of(weights);
  }
}
