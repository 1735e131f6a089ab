package dev.orthant.core.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.TaskMask;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Merged adapters.
 *
 * @param deltas module path to merged delta, in the order of the first input
 * @param masks module path to what each input's task uses of the merged delta, in the order of the
 *     inputs; empty unless the result depends on the task
 * @param report what was done, in the order of the deltas
 */
public record MergeResult(
    Map<String, Delta> deltas, Map<String, List<TaskMask>> masks, List<TensorReport> report) {

  /** Copies both, keeping their order. */
  public MergeResult {
    deltas = Collections.unmodifiableMap(new LinkedHashMap<>(deltas));
    masks = Collections.unmodifiableMap(new LinkedHashMap<>(masks));
    report = List.copyOf(report);
  }

  /** The deltas that one input's task uses; the merged ones if it does not matter. */
  public Map<String, Delta> deltasOf(int input) {
    Map<String, Delta> own = new LinkedHashMap<>();
    deltas.forEach(
        (module, delta) -> {
          List<TaskMask> tasks = masks.getOrDefault(module, List.of());
          own.put(module, tasks.isEmpty() ? delta : tasks.get(input).of(delta));
        });
    return own;
  }
}
