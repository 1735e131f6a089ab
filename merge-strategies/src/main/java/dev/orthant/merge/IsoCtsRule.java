package dev.orthant.merge;

import dev.orthant.core.lowrank.Matrix;
import java.util.List;

/** A common subspace and one of each task, with a flat spectrum. */
record IsoCtsRule(IsoCtsConfig config) implements MatrixRule {

  @Override
  public Matrix merge(List<Matrix> deltas, double[] weights, int smallerSide) {
    int inputs = deltas.size();
    int directions = Math.min(smallerSide, ranks(deltas));
    int ofEachTask =
        (int)
            Math.rint(
                (directions - (int) (directions * config.commonFraction())) / (double) inputs);
    Matrix.Svd sum = IsoCRule.sum(deltas, weights).svd();
    int common = Math.min(Math.max(0, directions - inputs * ofEachTask), sum.rank(NEGLIGIBLE));
    Spectrum chosen = new Spectrum();
    for (int i = 0; i < inputs; i++) {
      Matrix own = without(deltas.get(i).scaled(weights[i]), sum.u(), common);
      chosen.add(own.svd(), ofEachTask);
    }
    chosen.add(sum, common);
    if (chosen.size() == 0) {
      return deltas.get(0).scaled(0);
    }
    return chosen.orthogonalized(config.lambda() * chosen.mean());
  }

  @Override
  public double[] vectorCoefficients(double[] weights) {
    return MatrixRule.meanOfWeighted(weights, config.lambda());
  }

  /** {@code (I - U U') delta} with the first columns of U. */
  private static Matrix without(Matrix delta, Matrix u, int columns) {
    if (columns == 0) {
      return delta;
    }
    Matrix common = u.columns(0, columns);
    return delta.plus(-1, common.times(common.transposeTimes(delta)));
  }

  private static int ranks(List<Matrix> deltas) {
    return deltas.stream().mapToInt(delta -> delta.svd().rank(NEGLIGIBLE)).sum();
  }
}
