package dev.orthant.osrm;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.spi.Hold;
import dev.orthant.osrm.OsrmConfig.Weighting;

/**
 * Configuration of {@code osrm-means}.
 *
 * @param hold how A is held to the basis while the adapter trains
 * @param rowNorm the length of A's rows, positive
 * @param weighting of the other tasks in the second moment that a projection or a penalty refers
 *     to; the basis depends on the means alone, each task's counting once
 */
public record OsrmMeansConfig(Hold hold, double rowNorm, Weighting weighting) {

  /** Refuses what is missing or out of range. */
  public OsrmMeansConfig {
    requireNonNull(hold, "hold");
    requireNonNull(weighting, "weighting");
    RowNorm.require(rowNorm);
  }

  /**
   * What the authors' code does: A starts as the basis, with rows of length 1, and is free then.
   */
  public static OsrmMeansConfig defaults() {
    return new OsrmMeansConfig(new Hold.InitOnly(), 1, Weighting.PER_TASK);
  }
}
