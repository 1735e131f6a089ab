package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.ElementMerger;
import dev.orthant.core.spi.MergeTensor;
import java.util.Arrays;
import java.util.function.Supplier;

/** Select positions by variance, calculate a weight for each input, erase minority directions. */
record SceMerger(double selectTopk) implements ElementMerger {

  private static final DisjointMerge ERASE =
      new DisjointMerge(DisjointMerge.Vote.UNWEIGHTED, DisjointMerge.Reduction.MEAN, 1);

  @Override
  public Delta merge(MergeTensor tensor) {
    return Dense.delta(tensor.shape(), elements(tensor, Dense.tiles(LinearRule.deltas(tensor))));
  }

  @Override
  public TileSource mergeElements(MergeTensor tensor) {
    return elements(tensor, ElementwiseRule.elements(tensor));
  }

  private TileSource elements(MergeTensor tensor, TileSource[] deltas) {
    Supplier<ElementMask> selected = select(deltas);
    double[] weights = calculate(selected, tensor, deltas);
    Selection selection = new Selection(selected.get());
    Combination erase =
        ones -> {
          Combination.Step step = ERASE.with(weights);
          return (tiles, out, length) -> {
            selection.applyInPlace(tiles, length);
            step.combine(tiles, out, length);
          };
        };
    return new ElementwiseRule(Sparsifier.NONE, erase, 1).elements(tensor, deltas);
  }

  /** Masks, one a pass, that keep the positions of greatest variance in tiles of variances. */
  private Supplier<ElementMask> select(TileSource[] deltas) {
    if (selectTopk == 1) {
      return () -> ElementMask.KEEP_ALL;
    }
    TileSource variances = variances(deltas);
    long kept = (long) (selectTopk * countNonZero(variances));
    return kept == 0
        ? () -> (tile, offset, length) -> Arrays.fill(tile, 0, length, 0)
        : MagnitudeRange.greatest(variances, kept)::mask;
  }

  /** Mean squares over their sum; equal shares if all are zero. */
  private static double[] calculate(
      Supplier<ElementMask> selected, MergeTensor tensor, TileSource[] deltas) {
    double[] squares = new double[deltas.length];
    Selection selection = new Selection(selected.get());
    ElementwiseRule.forEachTile(
        Sparsifier.NONE,
        tensor,
        deltas,
        (tiles, offset, length) -> {
          selection.applyInPlace(tiles, length);
          for (int i = 0; i < squares.length; i++) {
            double sum = 0;
            for (int k = 0; k < length; k++) {
              sum += (double) tiles[i][k] * tiles[i][k];
            }
            squares[i] += sum;
          }
        });
    double sum = Arrays.stream(squares).sum();
    return Arrays.stream(squares).map(s -> sum == 0 ? 1.0 / squares.length : s / sum).toArray();
  }

  private static TileSource variances(TileSource[] deltas) {
    float[][] tiles = new float[deltas.length][ElementTiles.TILE];
    double[] means = new double[ElementTiles.TILE];
    double[] squares = new double[ElementTiles.TILE];
    return TileSource.of(
        deltas[0].size(),
        (offset, out, length) -> {
          for (int i = 0; i < deltas.length; i++) {
            deltas[i].read(offset, tiles[i], length);
          }
          variances(tiles, means, squares, out, length);
        });
  }

  /** The variance among the inputs at each position, divided by their number. */
  private static void variances(
      float[][] tiles, double[] means, double[] squares, float[] out, int length) {
    Arrays.fill(means, 0, length, 0);
    Arrays.fill(squares, 0, length, 0);
    for (float[] tile : tiles) {
      for (int k = 0; k < length; k++) {
        means[k] += tile[k];
      }
    }
    for (int k = 0; k < length; k++) {
      means[k] /= tiles.length;
    }
    for (float[] tile : tiles) {
      for (int k = 0; k < length; k++) {
        double deviation = tile[k] - means[k];
        squares[k] += deviation * deviation;
      }
    }
    for (int k = 0; k < length; k++) {
      out[k] = (float) (squares[k] / tiles.length);
    }
  }

  private static long countNonZero(TileSource numbers) {
    float[] tile = new float[ElementTiles.TILE];
    long count = 0;
    for (long at = 0; at < numbers.size(); at += ElementTiles.TILE) {
      int length = (int) Math.min(ElementTiles.TILE, numbers.size() - at);
      numbers.read(at, tile, length);
      for (int k = 0; k < length; k++) {
        count += tile[k] != 0 ? 1 : 0;
      }
    }
    return count;
  }

  /** Sets all inputs to zero where a mask drops the variance; for one pass in ascending order. */
  private static final class Selection {

    private final ElementMask mask;
    private final float[] variances = new float[ElementTiles.TILE];
    private final double[] means = new double[ElementTiles.TILE];
    private final double[] squares = new double[ElementTiles.TILE];
    private long offset;

    Selection(ElementMask mask) {
      this.mask = mask;
    }

    void applyInPlace(float[][] tiles, int length) {
      if (mask == ElementMask.KEEP_ALL) {
        return;
      }
      variances(tiles, means, squares, variances, length);
      mask.applyInPlace(variances, offset, length);
      offset += length;
      for (float[] tile : tiles) {
        for (int k = 0; k < length; k++) {
          tile[k] = Branchless.orZero(variances[k] != 0, tile[k]);
        }
      }
    }
  }
}
