package dev.orthant.osrm;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.spi.Hold;

/**
 * Configuration of OSRM.
 *
 * @param hold how A is held to the basis while the adapter trains
 * @param centred whether the other tasks' covariance is used instead of their second moment
 */
public record OsrmConfig(Hold hold, boolean centred) {

  /** Refuses a missing hold. */
  public OsrmConfig {
    requireNonNull(hold, "hold");
  }

  /**
   * The paper's method: A starts as the basis and is free then, for the sake of the task's own
   * accuracy. The second moment, and not the covariance, is what the interference {@code ||A X'||}
   * of features X depends on.
   */
  public static OsrmConfig defaults() {
    return new OsrmConfig(new Hold.InitOnly(), false);
  }
}
