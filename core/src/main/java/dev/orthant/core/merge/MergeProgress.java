package dev.orthant.core.merge;

/** Hears how far a merge is. */
@FunctionalInterface
public interface MergeProgress {

  /** What is being done with a tensor. */
  enum Phase {
    /** The rule looks at the inputs before anything is merged; there may be several passes. */
    SURVEY,
    /** The tensor is merged. */
    MERGE
  }

  /**
   * A tensor is done.
   *
   * @param tensor its name
   * @param done how many are done in this pass, this one included
   * @param total how many there are
   */
  void done(Phase phase, String tensor, int done, int total);

  /** Hears nothing. */
  static MergeProgress none() {
    return (phase, tensor, done, total) -> {};
  }
}
