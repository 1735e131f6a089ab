package dev.orthant.core.spi;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Changes deltas before or after a merge: retrofit, calibration, compression. */
public interface DeltaTransform {

  /** Whether it reads the statistics of the inputs' features, which are collected then. */
  default boolean needsStatistics() {
    return false;
  }

  /**
   * The transformed delta.
   *
   * @param delta of one tensor
   * @param own statistics of the features that the delta was trained on, if the run has them
   * @param others statistics of the other inputs' features, in order; empty if the run has none
   */
  Result transform(
      String tensor, Delta delta, Optional<FeatureStatistics> own, List<FeatureStatistics> others);

  /**
   * The transformed result of a merge. A transform that compares the result with what was merged
   * overrides this, others are told all inputs' statistics.
   *
   * @param inputs what was merged
   * @param merged the merged delta
   */
  default Result afterMerge(MergeTensor inputs, Delta merged) {
    List<FeatureStatistics> all = new ArrayList<>();
    for (int i = 0; i < inputs.inputs(); i++) {
      inputs.statistics(i).ifPresent(all::add);
    }
    return transform(inputs.name(), merged, Optional.empty(), all);
  }

  /**
   * A transformed delta.
   *
   * @param delta the delta
   * @param relativeError Frobenius norm of what was lost, relative to the delta's own; 0 if exact
   */
  record Result(Delta delta, double relativeError) {}
}
