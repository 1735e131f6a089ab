package dev.orthant.merge;

import static java.util.Objects.requireNonNull;

/**
 * Configuration of {@code emr}.
 *
 * @param rescaler how a task's elements are brought back to their size
 */
public record EmrConfig(Rescaler rescaler) {

  /** What of a task's delta and of its share of the elected one is compared. */
  public enum Rescaler {
    /** The sums over the tensors of their mean magnitudes, as in the authors' code. */
    MEAN_OF_MEANS,
    /** The sums of all magnitudes of the model, so that large tensors count more. */
    GLOBAL_L1
  }

  /** Refuses null. */
  public EmrConfig {
    requireNonNull(rescaler, "rescaler");
  }

  /** Means of the tensors, as in the authors' code. */
  public static EmrConfig defaults() {
    return new EmrConfig(Rescaler.MEAN_OF_MEANS);
  }
}
