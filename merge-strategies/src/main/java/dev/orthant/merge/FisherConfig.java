package dev.orthant.merge;

import static java.util.Objects.requireNonNull;

/**
 * Configuration of {@code fisher}.
 *
 * @param floor the least Fisher information that an element has; positive
 * @param normalize whether each input's information is divided by its norm over the model
 * @param profile whose rule this is, where implementations differ
 * @param information how the gradients that the information is made of were squared
 */
public record FisherConfig(
    double floor, boolean normalize, Profile profile, Information information) {

  /** How gradients were squared. */
  public enum Information {
    /** Example by example and class by class, as the definition says. */
    EXACT,
    /** Summed over a batch and its classes first, as FusionBench's and MergeLM's code does. */
    BATCH_SUM
  }

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
    requireNonNull(information, "information");
  }

  /** Floor 1e-6 and normalised, as in the authors' code, of exact information. */
  public static FisherConfig defaults() {
    return new FisherConfig(1e-6, true, Profile.PAPER, Information.EXACT);
  }
}
