package dev.orthant.osrm;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.spi.Hold;
import dev.orthant.osrm.OsrmConfig.Weighting;

/**
 * Configuration of {@code sc-lora}.
 *
 * @param hold how B is held to the basis while the adapter trains: {@code init-only} or {@code
 *     frozen}
 * @param rowNorm the length of B's columns, positive
 * @param weighting whether each other task weighs the same, or each of their tokens
 * @param centred whether covariances are used instead of second moments, this task's and the
 *     others'
 * @param beta the weight of what is to be kept, against 1 - beta for what is to be learnt; in [0,
 *     1]
 */
public record ScLoraConfig(
    Hold hold, double rowNorm, Weighting weighting, boolean centred, double beta) {

  /** Refuses what is missing or out of range. */
  public ScLoraConfig {
    requireNonNull(hold, "hold");
    requireNonNull(weighting, "weighting");
    RowNorm.require(rowNorm);
    if (!(hold instanceof Hold.InitOnly || hold instanceof Hold.Frozen)) {
      throw new IllegalArgumentException(
          "hold must be init-only or frozen, for it is B that is held, was " + hold);
    }
    if (!(beta >= 0 && beta <= 1)) {
      throw new IllegalArgumentException("beta must be in [0, 1], was " + beta);
    }
  }

  /** B is free to train, as in the paper; learning and keeping weigh the same. */
  public static ScLoraConfig defaults() {
    return new ScLoraConfig(new Hold.InitOnly(), 1, Weighting.PER_TASK, false, 0.5);
  }
}
