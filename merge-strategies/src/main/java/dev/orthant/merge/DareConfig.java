package dev.orthant.merge;

import static java.util.Objects.requireNonNull;

/**
 * Configuration of {@code dare}.
 *
 * @param density probability of keeping an element, in (0, 1]; the paper's drop rate is 1 - density
 * @param lambda what the merged delta is multiplied by; finite
 * @param rescale what makes up for the dropped elements
 * @param merge what is made of the inputs after dropping
 * @param profile whose DARE this is, where implementations differ
 */
public record DareConfig(
    double density, double lambda, Rescale rescale, Merge merge, Profile profile) {

  /** What makes up for the dropped elements. */
  public enum Rescale {
    /** What the profile does. */
    BY_PROFILE,
    /** Kept elements are divided by the density, so that the expectation stays. */
    INVERSE_DENSITY,
    /** Kept elements are scaled so that the sum of magnitudes of the tensor stays. */
    L1,
    /** Nothing. */
    NONE
  }

  /** What is made of the inputs after dropping. */
  public enum Merge {
    /** Their weighted sum. */
    LINEAR,
    /** Elect a sign per element and merge what agrees, as in TIES; nothing is trimmed. */
    TIES
  }

  /** Whose DARE. */
  public enum Profile {
    /** The paper's: divided by the density; TIES takes the weighted mean of what agrees. */
    PAPER,
    /** mergekit's: the sum of magnitudes is kept; TIES takes the weighted sum of what agrees. */
    MERGEKIT,
    /**
     * PEFT's: divided by the density; weights have no say in the vote of TIES, which divides the
     * weighted sum by the number of agreeing inputs.
     */
    PEFT
  }

  /** Refuses values out of range. */
  public DareConfig {
    Range.requireDensity(density);
    Range.requireLambda(lambda);
    requireNonNull(rescale, "rescale");
    requireNonNull(merge, "merge");
    requireNonNull(profile, "profile");
  }

  /** Density 0.5 and lambda 0.3, FusionBench's defaults; weighted sum, as in the paper. */
  public static DareConfig defaults() {
    return new DareConfig(0.5, 0.3, Rescale.BY_PROFILE, Merge.LINEAR, Profile.PAPER);
  }

  ElementwiseRule rule(Draws draws) {
    Combination combination =
        merge == Merge.LINEAR
            ? new LinearCombination(false)
            : DareTiesConfig.combination(profile, TiesConfig.Merge.BY_PROFILE);
    return new ElementwiseRule(
        sparsifier(density, effective(rescale, profile), draws), combination, lambda);
  }

  static Rescale effective(Rescale rescale, Profile profile) {
    if (rescale != Rescale.BY_PROFILE) {
      return rescale;
    }
    return profile == Profile.MERGEKIT ? Rescale.L1 : Rescale.INVERSE_DENSITY;
  }

  static Sparsifier sparsifier(double density, Rescale rescale, Draws draws) {
    if (density == 1) {
      return Sparsifier.NONE;
    }
    Sparsifier drop = new RandomDrop(KeepProbability.constant(density), draws, false);
    return switch (rescale) {
      case INVERSE_DENSITY -> new Scaled(drop, 1 / density);
      case L1 -> new KeepL1(drop, false);
      case NONE -> drop;
      case BY_PROFILE -> throw new IllegalArgumentException("the profile says how to rescale");
    };
  }
}
