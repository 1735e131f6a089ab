package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.TaskMask;
import java.util.ArrayList;
import java.util.List;

/** The sum, of which each task uses what is closer to its own delta than zero is. */
record TallMasksMerger(TallMasksConfig config) implements Merger {

  @Override
  public Delta merge(MergeTensor tensor) {
    return LinearRule.sum(tensor, coefficients(tensor));
  }

  @Override
  public List<TaskMask> masks(MergeTensor tensor, Delta merged) {
    float[] sum = ElementTiles.toHeap(merged.dense());
    List<TaskMask> masks = new ArrayList<>();
    for (int i = 0; i < tensor.inputs(); i++) {
      float[] own = ElementTiles.toHeap(tensor.delta(i).dense());
      masks.add(
          TaskMask.of(own.length, 1, k -> uses(own[(int) k], sum[(int) k], config.threshold())));
    }
    return masks;
  }

  /** Whether an element of a task's delta is localised in the merged one. */
  static boolean uses(double own, double merged, double threshold) {
    return Math.abs(own) > threshold * Math.abs(merged - own);
  }

  private double[] coefficients(MergeTensor tensor) {
    double[] coefficients = LinearRule.weights(tensor);
    for (int i = 0; i < coefficients.length; i++) {
      coefficients[i] *= config.lambda();
    }
    return coefficients;
  }
}
