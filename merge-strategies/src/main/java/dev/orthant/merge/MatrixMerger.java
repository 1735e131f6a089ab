package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.JointSpace;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
import java.util.ArrayList;
import java.util.List;

/**
 * A rule on whole matrices, in the smallest space that holds all deltas of a tensor: low-rank
 * deltas merge to a low-rank one, and never see more than their own directions.
 */
record MatrixMerger(MatrixRule rule) implements Merger {

  @Override
  public Delta merge(MergeTensor tensor) {
    double[] weights = LinearRule.weights(tensor);
    long[] shape = tensor.shape();
    if (shape.length != 2) {
      return LinearRule.sum(tensor, rule.vectorCoefficients(weights));
    }
    List<Delta> deltas = new ArrayList<>();
    for (int i = 0; i < tensor.inputs(); i++) {
      deltas.add(tensor.delta(i));
    }
    JointSpace space = JointSpace.smallest(deltas);
    Matrix merged = rule.merge(space.coordinates(), weights, (int) Math.min(shape[0], shape[1]));
    return space.delta(merged);
  }
}
