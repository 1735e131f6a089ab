package dev.orthant.merge;

import dev.orthant.core.lowrank.Matrix;
import java.util.List;

/** The sum with a flat spectrum. */
record IsoCRule(IsoCConfig config) implements MatrixRule {

  @Override
  public Matrix merge(List<Matrix> deltas, double[] weights, int smallerSide) {
    Spectrum directions = new Spectrum();
    directions.add(sum(deltas, weights).svd(), smallerSide);
    if (directions.size() == 0) {
      return deltas.get(0).scaled(0);
    }
    return directions.orthogonalized(config.lambda() * directions.mean());
  }

  /** {@code sum_i w_i tau_i}. */
  static Matrix sum(List<Matrix> deltas, double[] weights) {
    Matrix sum = deltas.get(0).scaled(weights[0]);
    for (int i = 1; i < weights.length; i++) {
      sum = sum.plus(weights[i], deltas.get(i));
    }
    return sum;
  }

  @Override
  public double[] vectorCoefficients(double[] weights) {
    return MatrixRule.meanOfWeighted(weights, config.lambda());
  }
}
