package dev.orthant.merge;

import static java.util.Objects.requireNonNull;

/**
 * Configuration of {@code regmean}.
 *
 * @param alpha what the Gram matrices' elements off the diagonal are multiplied by, in [0, 1]
 * @param ridge what is added to the diagonal, relative to its mean; positive
 * @param profile whose RegMean this is, where implementations differ
 */
public record RegMeanConfig(double alpha, double ridge, Profile profile) {

  /** Whose RegMean. */
  public enum Profile {
    /**
     * The paper's and its repository's: {@code G_i = X_i' X_i}, so tasks with more tokens count
     * more.
     */
    PAPER,
    /** FusionBench's: {@code G_i = X_i' X_i / n_i}, so all tasks count the same. */
    FUSIONBENCH
  }

  /** Refuses values out of range. */
  public RegMeanConfig {
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new IllegalArgumentException("alpha must be in [0, 1], was " + alpha);
    }
    if (!(ridge > 0 && ridge <= 1)) {
      throw new IllegalArgumentException("ridge must be in (0, 1], was " + ridge);
    }
    requireNonNull(profile, "profile");
  }

  /**
   * Alpha 0.9, the paper's for encoders; a ridge of 1e-8, which is far above rounding in double
   * precision and far below what a result in single precision shows.
   */
  public static RegMeanConfig defaults() {
    return new RegMeanConfig(0.9, 1e-8, Profile.PAPER);
  }
}
