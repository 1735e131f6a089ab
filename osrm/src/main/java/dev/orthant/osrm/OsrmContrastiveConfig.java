package dev.orthant.osrm;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.spi.Hold;
import dev.orthant.osrm.OsrmConfig.Weighting;

/**
 * Configuration of the contrastive constraint.
 *
 * @param hold how A is held to the basis while the adapter trains
 * @param rowNorm the length of A's rows, positive
 * @param weighting whether each other task weighs the same, or each of their tokens
 * @param centred whether covariances are used instead of second moments, this task's and the
 *     others'
 * @param ridge what is added to the others' second moment, as a share of its mean eigenvalue;
 *     positive
 */
public record OsrmContrastiveConfig(
    Hold hold, double rowNorm, Weighting weighting, boolean centred, double ridge) {

  /** Refuses what is missing or out of range. */
  public OsrmContrastiveConfig {
    requireNonNull(hold, "hold");
    requireNonNull(weighting, "weighting");
    RowNorm.require(rowNorm);
    if (!(ridge > 0) || Double.isInfinite(ridge)) {
      throw new IllegalArgumentException("ridge must be positive and finite, was " + ridge);
    }
  }

  /**
   * A stays frozen at the basis, whose directions this task can learn in; a ridge of a hundredth
   * keeps directions that no task uses from being chosen for the noise in them.
   */
  public static OsrmContrastiveConfig defaults() {
    return new OsrmContrastiveConfig(new Hold.Frozen(), 1, Weighting.PER_TASK, false, 0.01);
  }
}
