package dev.orthant.osrm;

import dev.orthant.core.spi.Hold;

/**
 * Configuration of OSRM.
 *
 * @param hold how A is held to the basis while the adapter trains
 * @param penaltyWeight weight of the penalty, positive; without effect unless {@code hold} is
 *     {@code PENALTY}
 * @param centred whether the other tasks' covariance is used instead of their second moment
 */
public record OsrmConfig(Holding hold, double penaltyWeight, boolean centred) {

  /** Refuses weights that are not positive and finite. */
  public OsrmConfig {
    if (!(penaltyWeight > 0) || Double.isInfinite(penaltyWeight)) {
      throw new IllegalArgumentException(
          "penalty_weight must be positive and finite, was " + penaltyWeight);
    }
  }

  /**
   * The paper's method: A starts as the basis and is free then, for the sake of the task's own
   * accuracy. The second moment, and not the covariance, is what the interference {@code ||A X'||}
   * of features X depends on. The weight of the penalty is ours.
   */
  public static OsrmConfig defaults() {
    return new OsrmConfig(Holding.INIT_ONLY, 1, false);
  }

  /** How A is held to the basis; see {@link Hold}. */
  public enum Holding {
    /** A starts as the basis. */
    INIT_ONLY,
    /** A is the basis and is not trained. */
    FROZEN,
    /** A stays within the span of the basis. */
    PROJECTED,
    /** A pays for what it makes of the other tasks' features. */
    PENALTY
  }

  Hold toHold() {
    return switch (hold) {
      case INIT_ONLY -> new Hold.InitOnly();
      case FROZEN -> new Hold.Frozen();
      case PROJECTED -> new Hold.Projected();
      case PENALTY -> new Hold.Penalty(penaltyWeight);
    };
  }
}
