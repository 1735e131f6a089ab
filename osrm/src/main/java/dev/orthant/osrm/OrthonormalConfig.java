package dev.orthant.osrm;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.spi.Hold;
import dev.orthant.osrm.OsrmConfig.Weighting;

/**
 * Configuration of {@code orthonormal}.
 *
 * @param hold how A is held to the basis while the adapter trains
 * @param rowNorm the length of A's rows, positive
 * @param weighting of the other tasks in the second moment that a projection or a penalty refers to
 */
public record OrthonormalConfig(Hold hold, double rowNorm, Weighting weighting) {

  /** Refuses what is missing or out of range. */
  public OrthonormalConfig {
    requireNonNull(hold, "hold");
    requireNonNull(weighting, "weighting");
    RowNorm.require(rowNorm);
  }

  /** As OSRM's: the control differs in the directions alone. */
  public static OrthonormalConfig defaults() {
    return new OrthonormalConfig(new Hold.InitOnly(), 1, Weighting.PER_TASK);
  }
}
