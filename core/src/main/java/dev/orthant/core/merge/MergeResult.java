package dev.orthant.core.merge;

import dev.orthant.core.lowrank.Delta;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Merged adapters.
 *
 * @param deltas module path to merged delta, in the order of the first input
 * @param report what was done, in the same order
 */
public record MergeResult(Map<String, Delta> deltas, List<TensorReport> report) {

  /** Copies both, keeping their order. */
  public MergeResult {
    deltas = Collections.unmodifiableMap(new LinkedHashMap<>(deltas));
    report = List.copyOf(report);
  }
}
