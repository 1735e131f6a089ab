package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
import java.util.Arrays;

/** Prune, scale, and merge the factors. */
record RobustMergeMerger(RobustMergeConfig config) implements Merger {

  @Override
  public Delta merge(MergeTensor tensor) {
    double[] weights = LinearRule.weights(tensor);
    if (tensor.shape().length != 2) {
      return LinearRule.sum(tensor, MatrixRule.meanOfWeighted(weights, 1));
    }
    LoraDelta first = (LoraDelta) tensor.delta(0);
    int rank = first.rank();
    Matrix a = new Matrix(rank, (int) first.a().size(1), new double[(int) first.a().length()]);
    Matrix b = new Matrix((int) first.b().size(0), rank, new double[(int) first.b().length()]);
    double[] scaleSums = new double[rank];
    for (int i = 0; i < weights.length; i++) {
      LoraDelta delta = (LoraDelta) tensor.delta(i);
      requireLike(first, delta, tensor, i);
      Matrix whole = Matrix.of("A", delta.a());
      Matrix pruned = pruned(whole);
      double[] scales = raised(scales(whole, pruned));
      double factor = config.coefficient() * weights[i];
      a = a.plus(factor, pruned);
      b = b.plus(factor, pruned(Matrix.of("B", delta.b())).scaledColumns(rank, scales));
      for (int k = 0; k < rank; k++) {
        scaleSums[k] += scales[k];
      }
    }
    double[] shares = new double[rank];
    Arrays.setAll(shares, k -> scaleSums[k] == 0 ? 0 : 1 / scaleSums[k]);
    return new LoraDelta(b.scaledColumns(rank, shares).toArray(), a.toArray(), first.scaling());
  }

  /**
   * Elements of at least the magnitude of rank floor(n (1 - density)), counted from the smallest.
   */
  private Matrix pruned(Matrix factor) {
    double[] magnitudes = factor.values().clone();
    for (int k = 0; k < magnitudes.length; k++) {
      magnitudes[k] = Math.abs(magnitudes[k]);
    }
    Arrays.sort(magnitudes);
    int dropped = (int) (magnitudes.length * (1 - config.density()));
    double threshold = dropped == 0 ? 0 : magnitudes[dropped - 1];
    double[] kept = factor.values().clone();
    for (int k = 0; k < kept.length; k++) {
      kept[k] = Math.abs(kept[k]) >= threshold ? kept[k] : 0;
    }
    return new Matrix(factor.rows(), factor.columns(), kept);
  }

  /** What each row lost, as the quotient of its sums of magnitudes; 0 for a row that lost all. */
  private static double[] scales(Matrix whole, Matrix pruned) {
    double[] scales = new double[whole.rows()];
    for (int k = 0; k < scales.length; k++) {
      double left = magnitude(pruned, k);
      scales[k] = left == 0 ? 0 : magnitude(whole, k) / left;
    }
    return scales;
  }

  private static double magnitude(Matrix matrix, int row) {
    double sum = 0;
    for (int j = 0; j < matrix.columns(); j++) {
      sum += Math.abs(matrix.at(row, j));
    }
    return sum;
  }

  /** None below the quantile, except those that are 0. */
  private double[] raised(double[] scales) {
    double[] sorted = scales.clone();
    Arrays.sort(sorted);
    double least = sorted[(int) (sorted.length * config.quantile())];
    double[] out = new double[scales.length];
    Arrays.setAll(out, k -> scales[k] == 0 ? 0 : Math.max(least, scales[k]));
    return out;
  }

  private static void requireLike(LoraDelta first, LoraDelta delta, MergeTensor tensor, int i) {
    if (delta.rank() != first.rank() || delta.scaling() != first.scaling()) {
      throw new IllegalArgumentException(
          "tensor '%s': factors are merged one by one, so rank and scaling have to be those of '%s', %d and %s; '%s' has %d and %s"
              .formatted(
                  tensor.name(),
                  tensor.input(0),
                  first.rank(),
                  first.scaling(),
                  tensor.input(i),
                  delta.rank(),
                  delta.scaling()));
    }
  }
}
