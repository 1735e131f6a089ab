package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.ElementMerger;
import dev.orthant.core.spi.MergeTensor;

/** RAM with what only one input changes amplified, tensor by tensor. */
record RamPlus(RamplusTlConfig config) implements ElementMerger {

  @Override
  public Delta merge(MergeTensor tensor) {
    return Dense.delta(tensor.shape(), elements(tensor, Dense.tiles(LinearRule.deltas(tensor))));
  }

  @Override
  public TileSource mergeElements(MergeTensor tensor) {
    return elements(tensor, ElementwiseRule.elements(tensor));
  }

  private TileSource elements(MergeTensor tensor, TileSource[] deltas) {
    Activity activity = new Activity(config.epsilon());
    MeanOfActive combination = new MeanOfActive(factors(activity, tensor, deltas));
    return new ElementwiseRule(activity, combination, 1).elements(tensor, deltas);
  }

  /** {@code 1 + r * min(shared_i / unique_i, alpha)}. */
  private double[] factors(Activity activity, MergeTensor tensor, TileSource[] deltas) {
    int inputs = deltas.length;
    long[] shared = new long[inputs];
    long[] unique = new long[inputs];
    ElementwiseRule.forEachTile(
        activity,
        tensor,
        deltas,
        (tiles, offset, length) -> {
          for (int k = 0; k < length; k++) {
            int active = 0;
            for (int i = 0; i < inputs; i++) {
              active += tiles[i][k] != 0 ? 1 : 0;
            }
            for (int i = 0; i < inputs; i++) {
              if (tiles[i][k] != 0) {
                (active > 1 ? shared : unique)[i]++;
              }
            }
          }
        });
    double[] factors = new double[inputs];
    for (int i = 0; i < inputs; i++) {
      double ratio = shared[i] == 0 ? 0 : (double) shared[i] / unique[i]; // infinite if none unique
      factors[i] = 1 + config.r() * Math.min(ratio, config.alpha());
    }
    return factors;
  }
}
