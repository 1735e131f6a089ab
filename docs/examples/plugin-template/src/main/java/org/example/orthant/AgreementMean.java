package org.example.orthant;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.ElementMerger;
import dev.orthant.core.spi.MergeTensor;

/** One run of the rule; see the factory. */
record AgreementMean(AgreementMeanConfig config) implements ElementMerger {

  /** Adapters come here, their deltas as products of factors: this rule needs the elements. */
  @Override
  public Delta merge(MergeTensor tensor) {
    TileSource elements = mergeElements(tensor);
    ElementTiles merged = ElementTiles.zeros(tensor.shape());
    float[] tile = new float[ElementTiles.TILE];
    for (long at = 0; at < elements.size(); at += tile.length) {
      int length = (int) Math.min(tile.length, elements.size() - at);
      elements.read(at, tile, length);
      merged.write(at, tile, length);
    }
    return new DenseDelta(merged.array());
  }

  /** Models come here: elements are computed when they are written, and never all in memory. */
  @Override
  public TileSource mergeElements(MergeTensor tensor) {
    TileSource[] deltas = new TileSource[tensor.inputs()];
    double total = 0;
    for (int i = 0; i < deltas.length; i++) {
      deltas[i] = tensor.elements(i);
      total += Math.abs(tensor.weight(i));
    }
    if (total == 0) {
      throw new IllegalArgumentException("the weights of all inputs are 0");
    }
    double weights = total;
    return TileSource.of(
        deltas[0].size(),
        (offset, merged, length) -> {
          double[] sums = new double[length];
          double[] votes = new double[length];
          float[] tile = new float[length];
          for (int i = 0; i < deltas.length; i++) {
            double weight = tensor.weight(i);
            deltas[i].read(offset, tile, length);
            for (int k = 0; k < length; k++) {
              sums[k] += weight * tile[k];
              votes[k] += weight * Math.signum(tile[k]);
            }
          }
          for (int k = 0; k < length; k++) {
            double agreement = Math.pow(Math.abs(votes[k]) / weights, config.sharpness());
            merged[k] = (float) (config.lambda() * agreement * sums[k] / weights);
          }
        });
  }
}
