package dev.orthant.merge;

import dev.orthant.core.lowrank.Matrix;
import java.util.List;

/** The mean plus what is left of each input's difference from it at a low rank. */
record CartRule(CartConfig config) implements MatrixRule {

  @Override
  public Matrix merge(List<Matrix> deltas, double[] weights, int smallerSide) {
    Matrix mean = IsoCRule.sum(deltas, vectorCoefficients(weights));
    Matrix merged = mean;
    int rank = (int) Math.ceil(config.rankFraction() * smallerSide);
    for (int i = 0; i < weights.length; i++) {
      Matrix centred = deltas.get(i).plus(-1, mean);
      if (isRounding(centred, deltas)) {
        continue;
      }
      merged = merged.plus(config.lambda() * weights[i], truncated(centred, rank));
    }
    return merged;
  }

  /** Shares that add up to 1. */
  @Override
  public double[] vectorCoefficients(double[] weights) {
    return Shares.of(weights);
  }

  private static boolean isRounding(Matrix centred, List<Matrix> deltas) {
    double largest = deltas.stream().mapToDouble(Matrix::norm).max().orElse(0);
    return centred.norm() <= NEGLIGIBLE * largest;
  }

  private static Matrix truncated(Matrix matrix, int rank) {
    Matrix.Svd svd = matrix.svd();
    int kept = Math.min(rank, svd.s().length);
    return svd.u().scaledColumns(kept, svd.s()).times(svd.vt().rows(0, kept));
  }
}
