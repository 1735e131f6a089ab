package dev.orthant.adapters.lora;

import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.AdapterSite;

/** The base weights of a site, for adapters that start from them. */
final class BaseMatrix {

  private BaseMatrix() {}

  /**
   * The weights [dOut, dIn].
   *
   * @param rank of the adapter that starts from them
   * @throws IllegalArgumentException if they have no so many directions, or are not finite
   */
  static Matrix of(AdapterSite site, int rank) {
    int most = Math.min(site.site().dOut(), site.site().dIn());
    if (rank > most) {
      throw new IllegalArgumentException(
          "rank must be at most %d at module '%s', whose weights are [%d, %d], was %d"
              .formatted(most, site.site().module(), site.site().dOut(), site.site().dIn(), rank));
    }
    return Matrix.of("weights of module '" + site.site().module() + "'", site.baseWeights());
  }
}
