package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.ElementMerger;
import dev.orthant.core.spi.MergeTensor;
import java.util.Arrays;

/**
 * Sparsify, combine, scale: the algorithm that TIES, DARE, DELLA and Breadcrumbs share. Where
 * nothing is dropped and the combination is linear, low-rank deltas stay low-rank.
 *
 * @param sparsifier which elements of each delta take part
 * @param combination what is made of them
 * @param lambda what the result is multiplied by
 */
record ElementwiseRule(Sparsifier sparsifier, Combination combination, double lambda)
    implements ElementMerger {

  /*
   * The steps run on tiles of a thousand elements on the heap, of all inputs at once. Sums are in
   * double, so that votes cancel out only if they really do and the order of the inputs matters
   * only in the last bit.
   */

  @Override
  public Delta merge(MergeTensor tensor) {
    return isLinear()
        ? LinearRule.sum(tensor, coefficients(tensor))
        : merge(tensor, Dense.tiles(LinearRule.deltas(tensor)));
  }

  @Override
  public TileSource mergeElements(MergeTensor tensor) {
    TileSource[] deltas = elements(tensor);
    return isLinear()
        ? LinearRule.elements(deltas, coefficients(tensor))
        : elements(tensor, deltas);
  }

  private boolean isLinear() {
    return sparsifier == Sparsifier.NONE && combination instanceof LinearCombination;
  }

  private double[] coefficients(MergeTensor tensor) {
    double[] weights = LinearRule.weights(tensor);
    double[] coefficients = ((LinearCombination) combination).coefficients(weights);
    return Arrays.stream(coefficients).map(c -> lambda * c).toArray();
  }

  /** The same for deltas that have been read already. */
  DenseDelta merge(MergeTensor tensor, TileSource[] deltas) {
    return Dense.delta(tensor.shape(), elements(tensor, deltas));
  }

  /** The elements of the merged delta, computed when they are read, once and in order. */
  TileSource elements(MergeTensor tensor, TileSource[] deltas) {
    Combination.Step step = combination.with(LinearRule.weights(tensor));
    double[] sums = new double[ElementTiles.TILE];
    float[] merged = new float[ElementTiles.TILE];
    SparsifiedTiles sparsified = new SparsifiedTiles(sparsifier, tensor, deltas);
    return TileSource.of(
        deltas[0].size(),
        (offset, out, length) -> {
          for (int done = 0; done < length; done += ElementTiles.TILE) {
            int count = Math.min(ElementTiles.TILE, length - done);
            step.combine(sparsified.read(offset + done, count), sums, count);
            for (int k = 0; k < count; k++) {
              merged[k] = (float) (lambda * sums[k]);
            }
            System.arraycopy(merged, 0, out, done, count);
          }
        });
  }

  /** The elements of all inputs' deltas. */
  static TileSource[] elements(MergeTensor tensor) {
    TileSource[] elements = new TileSource[tensor.inputs()];
    Arrays.setAll(elements, tensor::elements);
    return elements;
  }

  /** Visits the sparsified elements of all inputs, tile by tile in ascending order. */
  static void forEachTile(
      Sparsifier sparsifier, MergeTensor tensor, TileSource[] deltas, Visitor visitor) {
    SparsifiedTiles sparsified = new SparsifiedTiles(sparsifier, tensor, deltas);
    long size = deltas[0].size();
    for (long at = 0; at < size; at += ElementTiles.TILE) {
      int length = (int) Math.min(ElementTiles.TILE, size - at);
      visitor.visit(sparsified.read(at, length), at, length);
    }
  }

  /** Sees the sparsified elements of all inputs. */
  @FunctionalInterface
  interface Visitor {

    /** The elements from an offset on, [inputs][length]. */
    void visit(float[][] tiles, long offset, int length);
  }
}
