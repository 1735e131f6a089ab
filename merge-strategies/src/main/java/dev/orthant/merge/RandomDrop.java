package dev.orthant.merge;

import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.MergeTensor;

/**
 * Drops elements at random: DARE, and DELLA's MagPrune.
 *
 * @param probability of keeping an element
 * @param draws where chance comes from
 * @param divide whether kept elements are divided by their probability, which keeps the expectation
 */
record RandomDrop(KeepProbability probability, Draws draws, boolean divide) implements Sparsifier {

  @Override
  public ElementMask mask(MergeTensor tensor, int i, TileSource delta) {
    if (probability.constant().isPresent()) {
      double same = probability.constant().getAsDouble();
      Draws.Draw draw = draws.of(tensor, i);
      ElementMask drop = (tile, offset, length) -> draw.dropInPlace(tile, offset, length, same);
      return divide ? Scaled.mask(drop, 1 / same) : drop;
    }
    KeepProbability.Filler filler = probability.of(tensor.shape(), delta);
    Draws.Draw draw = draws.of(tensor, i);
    double[] p = new double[ElementTiles.TILE];
    return (tile, offset, length) -> {
      filler.fill(p, offset, length);
      for (int k = 0; k < length; k++) {
        float kept = divide ? (float) (tile[k] / p[k]) : tile[k];
        tile[k] = Branchless.orZero(draw.keeps(offset + k, p[k]), kept);
      }
    };
  }
}
