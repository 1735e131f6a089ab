package dev.orthant.merge;

import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.MergeTensor;
import java.util.Arrays;

/**
 * Drops the greatest and the smallest magnitudes of each tensor: Breadcrumbs' masks.
 *
 * <p>Of n elements, {@code floor(gamma * n)} of the greatest magnitudes go, and of the smallest as
 * many that {@code floor(density * n)}, at least one, are left. If that leaves too few, fewer of
 * the greatest go. Of equal magnitudes, the earlier element in row-major order counts as the
 * greater.
 *
 * @param density fraction kept, in (0, 1]
 * @param gamma fraction of greatest magnitudes dropped, in [0, 1)
 * @param emptyWithoutOutliers whether nothing at all is kept of a tensor that has no outliers to
 *     drop, as mergekit has it
 */
record OutlierTrim(double density, double gamma, boolean emptyWithoutOutliers)
    implements Sparsifier {

  @Override
  public ElementMask mask(MergeTensor tensor, int i, TileSource delta) {
    long n = delta.size();
    if (density == 1) {
      return ElementMask.KEEP_ALL;
    }
    long kept = (long) (density * n);
    if (!emptyWithoutOutliers) {
      kept = Math.max(1, kept);
    }
    long outliers = Math.min((long) (gamma * n), n - kept);
    if (kept == 0 || (outliers == 0 && emptyWithoutOutliers)) {
      return (tile, offset, length) -> Arrays.fill(tile, 0, length, 0);
    }
    return MagnitudeRange.between(delta, n - outliers - kept, n - outliers).mask();
  }
}
