package dev.orthant.merge;

import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.MergeTensor;

/**
 * Keeps exactly the {@code floor(density * n)} elements of greatest magnitude of each tensor, at
 * least one. Among equal magnitudes at the threshold the first ones in row-major order are kept.
 *
 * @param density fraction kept, in (0, 1]
 */
record TensorTrim(double density) implements Sparsifier {

  @Override
  public ElementMask mask(MergeTensor tensor, int i, TileSource delta) {
    long n = delta.size();
    long kept = Math.max(1, (long) (density * n));
    if (kept >= n) {
      return ElementMask.KEEP_ALL;
    }
    return MagnitudeRange.greatest(delta, kept).mask();
  }
}
