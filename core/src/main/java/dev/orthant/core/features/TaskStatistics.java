package dev.orthant.core.features;

import dev.orthant.core.stats.FeatureStatistics;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The statistics of one task's features at the modules of one model. Modules that read the same
 * input (query, key and value of a layer) share one {@link FeatureStatistics} object.
 *
 * @param task whose features these are
 * @param source what they were taken with
 * @param modules module path to its statistics, in the model's order
 */
public record TaskStatistics(
    String task, StatisticsSource source, Map<String, FeatureStatistics> modules) {

  /** Refuses statistics of no module, and of another task. */
  public TaskStatistics {
    modules = Collections.unmodifiableMap(new LinkedHashMap<>(modules));
    if (modules.isEmpty()) {
      throw new IllegalArgumentException("statistics of no module, task '" + task + "'");
    }
    for (Map.Entry<String, FeatureStatistics> module : modules.entrySet()) {
      if (!module.getValue().task().equals(task)) {
        throw new IllegalArgumentException(
            "statistics of module '%s' are of task '%s', expected '%s'"
                .formatted(module.getKey(), module.getValue().task(), task));
      }
    }
  }

  /**
   * The statistics of both sets of features together: shards of one task's data add up.
   *
   * @throws IllegalArgumentException if task, source or modules differ
   */
  public TaskStatistics plus(TaskStatistics other) {
    requireSame("task", task, other.task);
    List<String> misfits = source.misfits(other.source, other.modules.keySet(), modules.keySet());
    if (!misfits.isEmpty()) {
      throw new IllegalArgumentException(
          "statistics do not add up: those added are " + String.join(", and ", misfits));
    }
    requireSame("modules", modules.keySet(), other.modules.keySet());
    Map<FeatureStatistics, Map<FeatureStatistics, FeatureStatistics>> sums =
        new IdentityHashMap<>();
    Map<String, FeatureStatistics> together = new LinkedHashMap<>();
    modules.forEach(
        (module, mine) -> {
          FeatureStatistics others = other.modules.get(module);
          together.put(
              module,
              sums.computeIfAbsent(mine, m -> new IdentityHashMap<>())
                  .computeIfAbsent(others, o -> sum(mine, o)));
        });
    return new TaskStatistics(task, source, together);
  }

  /** Two sketches give one as large as the larger of them. */
  private static FeatureStatistics sum(FeatureStatistics mine, FeatureStatistics others) {
    FeatureStatistics sum = mine.plus(others);
    if (sum.sketch().isEmpty()) {
      return sum;
    }
    int d = sum.dimension();
    int size =
        Math.max(mine.sketch().orElseThrow().length, others.sketch().orElseThrow().length) / d;
    FrequentDirections sketch = new FrequentDirections(Math.max(1, size), d);
    sketch.addLost(sum.lost());
    sketch.add(sum.sketch().orElseThrow());
    double[] rows = sketch.rows();
    return FeatureStatistics.sketched(sum.task(), sum.count(), sum.sum(), rows, sketch.lost());
  }

  private static void requireSame(String what, Object mine, Object others) {
    if (!mine.equals(others)) {
      throw new IllegalArgumentException(
          "statistics do not add up: %s %s and %s".formatted(what, mine, others));
    }
  }
}
