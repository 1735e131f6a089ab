package dev.orthant.merge;

import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.spi.MergeTensor;
import java.util.function.LongPredicate;

/**
 * Drops elements and makes up for them.
 *
 * @param masks which elements survive
 * @param density the probability of surviving
 * @param rescale what makes up for the others
 */
record DropAndRescale(DropMasks masks, double density, DareConfig.Rescale rescale)
    implements Sparsifier {

  @Override
  public ElementMask mask(MergeTensor tensor, int i, ElementTiles delta) {
    LongPredicate kept = masks.kept(tensor, i);
    double factor = factor(kept, delta);
    return (tile, offset, length) -> {
      for (int k = 0; k < length; k++) {
        tile[k] = kept.test(offset + k) ? (float) (factor * tile[k]) : 0;
      }
    };
  }

  private double factor(LongPredicate kept, ElementTiles delta) {
    return switch (rescale) {
      case INVERSE_DENSITY -> 1 / density;
      case L1 -> sumOfMagnitudesRatio(kept, delta);
      case NONE -> 1;
      case BY_PROFILE -> throw new IllegalStateException("the profile says how to rescale");
    };
  }

  /** Sum of all magnitudes divided by that of the kept ones; 1 if nothing is kept. */
  private static double sumOfMagnitudesRatio(LongPredicate kept, ElementTiles delta) {
    float[] tile = new float[ElementTiles.TILE];
    double all = 0;
    double survived = 0;
    for (long at = 0; at < delta.size(); at += ElementTiles.TILE) {
      int length = (int) Math.min(ElementTiles.TILE, delta.size() - at);
      delta.read(at, tile, length);
      for (int k = 0; k < length; k++) {
        double magnitude = Math.abs(tile[k]);
        all += magnitude;
        survived += kept.test(at + k) ? magnitude : 0;
      }
    }
    return survived == 0 ? 1 : all / survived;
  }
}
