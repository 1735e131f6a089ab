package dev.orthant.merge;

import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.MergeTensor;

/**
 * Scales what another sparsifier keeps so that the tensor's sum of magnitudes stays; a tensor of
 * which nothing is kept is left at zero.
 *
 * @param sparsifier the other one
 * @param remember whether what it keeps is noted in the first of two looks, because its masks are
 *     dear
 */
record KeepL1(Sparsifier sparsifier, boolean remember) implements Sparsifier {

  @Override
  public ElementMask mask(MergeTensor tensor, int i, TileSource delta) {
    KeptElements kept = new KeptElements(remember ? delta.size() : 0);
    double factor = sumOfMagnitudesRatio(sparsifier.mask(tensor, i, delta), delta, kept);
    return Scaled.mask(remember ? kept.mask() : sparsifier.mask(tensor, i, delta), factor);
  }

  private double sumOfMagnitudesRatio(ElementMask mask, TileSource delta, KeptElements kept) {
    float[] tile = new float[ElementTiles.TILE];
    SumOfMagnitudes before = new SumOfMagnitudes();
    SumOfMagnitudes after = new SumOfMagnitudes();
    for (long at = 0; at < delta.size(); at += ElementTiles.TILE) {
      int length = (int) Math.min(ElementTiles.TILE, delta.size() - at);
      delta.read(at, tile, length);
      before.add(tile, length);
      mask.applyInPlace(tile, at, length);
      if (remember) {
        kept.note(tile, at, length);
      }
      after.add(tile, length);
    }
    return after.total() == 0 ? 1 : before.total() / after.total();
  }
}
