package org.example.orthant;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.List;
import java.util.Optional;

/** One run of the transform; see the factory. */
record NormLimit(NormLimitConfig config) implements DeltaTransform {

  /** A low-rank delta stays low-rank: neither its norm nor a multiple needs its elements. */
  @Override
  public Result transform(
      String tensor, Delta delta, Optional<FeatureStatistics> own, List<FeatureStatistics> others) {
    double norm = delta.norm();
    if (norm <= config.maxNorm()) {
      return new Result(delta, 0);
    }
    double factor = config.maxNorm() / norm;
    return new Result(delta.times(factor), 1 - factor);
  }
}
