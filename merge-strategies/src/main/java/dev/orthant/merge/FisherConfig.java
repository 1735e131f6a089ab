package dev.orthant.merge;

import static java.util.Objects.requireNonNull;

/**
 * Configuration of {@code fisher}.
 *
 * @param floor the least Fisher information that an element has; positive
 * @param normalize whether each input's information is divided by its norm over the model
 * @param profile whose rule this is, where implementations differ
 */
public record FisherConfig(double floor, boolean normalize, Profile profile) {

  /** Whose rule. */
  public enum Profile {
    /** The paper's and its repository's: the floor is the least value. */
    PAPER,
    /** FusionBench's and MergeLM's: the floor is added, to values and norms. */
    FUSIONBENCH
  }

  /** Refuses values out of range. */
  public FisherConfig {
    if (!(floor > 0 && Double.isFinite(floor))) {
      throw new IllegalArgumentException("floor must be positive, was " + floor);
    }
    requireNonNull(profile, "profile");
  }

  /** Floor 1e-6 and normalised, as in the authors' code. */
  public static FisherConfig defaults() {
    return new FisherConfig(1e-6, true, Profile.PAPER);
  }
}
