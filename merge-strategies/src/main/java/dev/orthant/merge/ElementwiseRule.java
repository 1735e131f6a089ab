package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
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
    implements Merger {

  /*
   * All inputs' deltas of one tensor are in memory at once, off the heap; the steps run on tiles of
   * a thousand elements on the heap. Sums are in double, so that votes cancel out only if they
   * really do and the order of the inputs matters only in the last bit.
   */

  @Override
  public Delta merge(MergeTensor tensor) {
    if (sparsifier == Sparsifier.NONE && combination instanceof LinearCombination linear) {
      double[] coefficients = linear.coefficients(LinearRule.weights(tensor));
      return LinearRule.sum(tensor, Arrays.stream(coefficients).map(c -> lambda * c).toArray());
    }
    return merge(tensor, Dense.tiles(LinearRule.deltas(tensor)));
  }

  /** The same for deltas that have been read already. */
  DenseDelta merge(MergeTensor tensor, ElementTiles[] deltas) {
    ElementTiles merged = ElementTiles.zeros(tensor.shape());
    Combination.Step step = combination.with(LinearRule.weights(tensor));
    double[] sums = new double[ElementTiles.TILE];
    float[] out = new float[ElementTiles.TILE];
    forEachTile(
        sparsifier,
        tensor,
        deltas,
        (tiles, offset, length) -> {
          step.combine(tiles, sums, length);
          for (int k = 0; k < length; k++) {
            out[k] = (float) (lambda * sums[k]);
          }
          merged.write(offset, out, length);
        });
    return new DenseDelta(merged.array());
  }

  /** Visits the sparsified elements of all inputs, tile by tile in ascending order. */
  static void forEachTile(
      Sparsifier sparsifier, MergeTensor tensor, ElementTiles[] deltas, Visitor visitor) {
    int inputs = deltas.length;
    ElementMask[] masks = new ElementMask[inputs];
    for (int i = 0; i < inputs; i++) {
      masks[i] = sparsifier.mask(tensor, i, deltas[i]);
    }
    float[][] tiles = new float[inputs][ElementTiles.TILE];
    long size = deltas[0].size();
    for (long at = 0; at < size; at += ElementTiles.TILE) {
      int length = (int) Math.min(ElementTiles.TILE, size - at);
      for (int i = 0; i < inputs; i++) {
        deltas[i].read(at, tiles[i], length);
        masks[i].applyInPlace(tiles[i], at, length);
      }
      visitor.visit(tiles, at, length);
    }
  }

  /** Sees the sparsified elements of all inputs. */
  @FunctionalInterface
  interface Visitor {

    /** The elements from an offset on, [inputs][length]. */
    void visit(float[][] tiles, long offset, int length);
  }
}
