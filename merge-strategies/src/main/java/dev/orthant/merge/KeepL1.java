package dev.orthant.merge;

import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.MergeTensor;

/**
 * Scales what another sparsifier keeps so that the tensor's sum of magnitudes stays; a tensor of
 * which nothing is kept is left at zero. The other one's mask is applied twice.
 */
record KeepL1(Sparsifier sparsifier) implements Sparsifier {

  @Override
  public ElementMask mask(MergeTensor tensor, int i, TileSource delta) {
    KeptElements kept = new KeptElements(delta.size());
    double factor = sumOfMagnitudesRatio(sparsifier.mask(tensor, i, delta), delta, kept);
    return Scaled.mask(kept.mask(), factor);
  }

  private static double sumOfMagnitudesRatio(
      ElementMask mask, TileSource delta, KeptElements remembered) {
    float[] tile = new float[ElementTiles.TILE];
    double all = 0;
    double kept = 0;
    for (long at = 0; at < delta.size(); at += ElementTiles.TILE) {
      int length = (int) Math.min(ElementTiles.TILE, delta.size() - at);
      delta.read(at, tile, length);
      all += sumOfMagnitudes(tile, length);
      mask.applyInPlace(tile, at, length);
      remembered.note(tile, at, length);
      kept += sumOfMagnitudes(tile, length);
    }
    return kept == 0 ? 1 : all / kept;
  }

  private static double sumOfMagnitudes(float[] tile, int length) {
    double sum = 0;
    for (int k = 0; k < length; k++) {
      sum += Math.abs(tile[k]);
    }
    return sum;
  }
}
