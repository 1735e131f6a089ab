package dev.orthant.osrm;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.spi.Hold;

/**
 * Configuration of OSRM.
 *
 * @param hold how A is held to the basis while the adapter trains
 * @param rowNorm the length of A's rows, positive
 * @param weighting whether each other task weighs the same, or each of their tokens
 * @param centred whether the other tasks' covariances are used instead of their second moments
 */
public record OsrmConfig(Hold hold, double rowNorm, Weighting weighting, boolean centred) {

  /** How the other tasks are averaged. */
  public enum Weighting {
    /** Every task weighs the same, however many tokens it has. */
    PER_TASK,
    /** Every token weighs the same. */
    PER_TOKEN
  }

  /** Refuses what is missing or out of range. */
  public OsrmConfig {
    requireNonNull(hold, "hold");
    requireNonNull(weighting, "weighting");
    RowNorm.require(rowNorm);
  }

  /**
   * The paper's method: A starts as the basis, with rows of length 1, and is free then, for the
   * sake of the task's own accuracy. The second moment, and not the covariance, is what the
   * interference {@code ||A X'||} of features X depends on.
   */
  public static OsrmConfig defaults() {
    return new OsrmConfig(new Hold.InitOnly(), 1, Weighting.PER_TASK, false);
  }
}
