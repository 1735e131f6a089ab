package dev.orthant.merge;

import dev.orthant.core.lowrank.Matrix;
import java.util.List;

/** Task singular vectors, orthogonalised. */
record TsvMRule(TsvMConfig config) implements MatrixRule {

  @Override
  public Matrix merge(List<Matrix> deltas, double[] weights, int smallerSide) {
    int share = config.lossless() ? smallerSide : Math.max(1, smallerSide / deltas.size());
    Spectrum directions = new Spectrum();
    for (int i = 0; i < weights.length; i++) {
      directions.add(deltas.get(i).scaled(weights[i]).svd(), share);
    }
    if (directions.size() == 0) {
      return deltas.get(0).scaled(0);
    }
    return directions.orthogonalized().scaled(config.lambda());
  }

  @Override
  public double[] vectorCoefficients(double[] weights) {
    return MatrixRule.meanOfWeighted(weights, config.lambda());
  }
}
