package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.TaskMask;
import java.util.ArrayList;
import java.util.List;

/** Elect, mask and rescale. A survey sums up the magnitudes that the scales are made of. */
final class EmrMerger implements Merger {

  private static final ElementwiseRule ELECT =
      new ElementwiseRule(
          Sparsifier.NONE,
          weights -> (tiles, out, length) -> elect(tiles, weights, out, length),
          1);

  private final EmrConfig config;
  private double[] own = new double[0]; // [inputs], of the deltas
  private double[] elected = new double[0]; // [inputs], of the elected delta where a task uses it
  private boolean surveyed;

  EmrMerger(EmrConfig config) {
    this.config = config;
  }

  @Override
  public void survey(MergeTensor tensor) {
    int inputs = tensor.inputs();
    if (own.length == 0) {
      own = new double[inputs];
      elected = new double[inputs];
    }
    double[] ownSums = new double[inputs];
    double[] electedSums = new double[inputs];
    long[] size = {0};
    ElementwiseRule.forEachTile(
        Sparsifier.NONE,
        tensor,
        ElementwiseRule.elements(tensor),
        (tiles, offset, length) -> {
          double[] elect = new double[length];
          elect(tiles, LinearRule.weights(tensor), elect, length);
          for (int i = 0; i < inputs; i++) {
            for (int k = 0; k < length; k++) {
              ownSums[i] += Math.abs(tiles[i][k]);
              electedSums[i] += tiles[i][k] * elect[k] > 0 ? Math.abs(elect[k]) : 0;
            }
          }
          size[0] += length;
        });
    double share = config.rescaler() == EmrConfig.Rescaler.MEAN_OF_MEANS ? 1.0 / size[0] : 1;
    for (int i = 0; i < inputs; i++) {
      own[i] += share * ownSums[i];
      elected[i] += share * electedSums[i];
    }
  }

  @Override
  public boolean surveysAgain() {
    surveyed = true;
    return false;
  }

  @Override
  public Delta merge(MergeTensor tensor) {
    return ELECT.merge(tensor);
  }

  @Override
  public List<TaskMask> masks(MergeTensor tensor, Delta merged) {
    if (!surveyed) {
      throw new IllegalStateException("tensors are masked before the whole model was surveyed");
    }
    float[] elect = ElementTiles.toHeap(merged.dense());
    List<TaskMask> masks = new ArrayList<>();
    for (int i = 0; i < tensor.inputs(); i++) {
      float[] delta = ElementTiles.toHeap(tensor.delta(i).dense());
      double scale = elected[i] == 0 ? 1 : own[i] / elected[i];
      masks.add(
          TaskMask.of(delta.length, scale, k -> delta[(int) k] * (double) elect[(int) k] > 0));
    }
    return masks;
  }

  /**
   * The greatest magnitude of the inputs that have the sign of the weighted sum, with that sign.
   */
  private static void elect(float[][] tiles, double[] weights, double[] out, int length) {
    for (int k = 0; k < length; k++) {
      double sum = 0;
      for (int i = 0; i < tiles.length; i++) {
        sum += weights[i] * tiles[i][k];
      }
      int sign = sum > 0 ? 1 : -1;
      double largest = 0;
      for (float[] tile : tiles) {
        largest = Math.max(largest, sign * tile[k]);
      }
      out[k] = sign * largest;
    }
  }
}
