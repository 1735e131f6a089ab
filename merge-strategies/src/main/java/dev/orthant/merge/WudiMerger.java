package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.JointSpace;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
import java.util.ArrayList;
import java.util.List;

/** Steps of Adam from the sum of the inputs towards the minimum of their interference. */
record WudiMerger(WudiConfig config) implements Merger {

  /*
   * The gradient 2 sum_i w_i (tau - tau_i) tau_i' tau_i / |tau_i|^2 is 2 (tau V H - N) V' in the
   * inputs' joint row space V, with small H and N that do not change. Steps are element by element,
   * so tau itself is dense.
   */

  /** Far below a gradient that single-precision deltas can have, far above double rounding. */
  private static final double ROUNDING = 1e-12;

  @Override
  public Delta merge(MergeTensor tensor) {
    double[] weights = LinearRule.weights(tensor);
    double[] shares = Shares.ofSquares(weights);
    if (tensor.shape().length != 2) {
      return LinearRule.sum(tensor, shares);
    }
    List<Delta> deltas = new ArrayList<>();
    for (int i = 0; i < tensor.inputs(); i++) {
      deltas.add(tensor.delta(i));
    }
    JointSpace space = JointSpace.smallest(deltas);
    return new DenseDelta(descended(space, weights).toArray());
  }

  private Matrix descended(JointSpace space, double[] weights) {
    List<Matrix> deltas = space.coordinates();
    int columns = deltas.get(0).columns();
    Matrix curvature = new Matrix(columns, columns, new double[columns * columns]);
    Matrix outputs = deltas.get(0).scaled(0);
    for (int i = 0; i < weights.length; i++) {
      double square = deltas.get(i).dot(deltas.get(i));
      if (square == 0) {
        continue; // has no row space to interfere with
      }
      Matrix gram = deltas.get(i).transposeTimes(deltas.get(i)).scaled(weights[i] / square);
      curvature = curvature.plus(1, gram);
      outputs = outputs.plus(1, deltas.get(i).times(gram));
    }
    Matrix tau = space.inWeights(IsoCRule.sum(deltas, weights)); // [dOut, dIn]
    Matrix target = space.leftInWeights(outputs); // [dOut, columns]
    Adam adam = new Adam(config.learningRate(), tau.values().length);
    for (int step = 0; step < config.steps(); step++) {
      Matrix slope = space.ontoRight(tau).times(curvature).plus(-1, target);
      if (slope.norm() <= ROUNDING * target.norm()) {
        return tau; // at the minimum: Adam would make full steps of what is rounding
      }
      double[] values = tau.values().clone();
      adam.stepInPlace(values, space.fromRight(slope).scaled(2).values());
      tau = new Matrix(tau.rows(), tau.columns(), values);
    }
    return tau;
  }
}
