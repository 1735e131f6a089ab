package dev.orthant.osrm;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.spi.Hold;
import dev.orthant.osrm.OsrmConfig.Weighting;
import org.jspecify.annotations.Nullable;

/**
 * Configuration of {@code gaussian}.
 *
 * @param hold how A is held to its rows while the adapter trains
 * @param rowNorm the root mean square length of A's rows, positive; null for elements of standard
 *     deviation 1 / rank, which gives sqrt(dIn) / rank
 * @param weighting of the other tasks in the second moment that a projection or a penalty refers to
 */
public record GaussianConfig(Hold hold, @Nullable Double rowNorm, Weighting weighting) {

  /** Refuses what is missing or out of range. */
  public GaussianConfig {
    requireNonNull(hold, "hold");
    requireNonNull(weighting, "weighting");
    if (rowNorm != null) {
      RowNorm.require(rowNorm);
    }
  }

  /**
   * PEFT's gaussian initialisation, from which OSRM's authors' code starts the LoRA it compares.
   */
  public static GaussianConfig defaults() {
    return new GaussianConfig(new Hold.InitOnly(), null, Weighting.PER_TASK);
  }
}
