package dev.orthant.osrm;

import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.SubspaceConstraint.Need;
import dev.orthant.core.spi.SubspaceConstraint.Request;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.HashSet;
import java.util.Set;

/** Refuses statistics that a constraint cannot work with, naming task and module. */
final class UsableStatistics {

  private UsableStatistics() {}

  /**
   * @param constraint its name, for messages
   * @throws IllegalArgumentException if statistics are missing, are of another size, hold something
   *     that is not a number, or are of the same task twice
   */
  static void require(String constraint, Set<Need> needs, Request request) {
    Site site = request.site();
    Set<String> tasks = new HashSet<>();
    if (needs.contains(Need.OWN)) {
      FeatureStatistics own =
          request
              .own()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "%s needs the statistics of the task itself at module '%s', there are none"
                              .formatted(constraint, site.module())));
      requireFitting(own, site);
    }
    request.own().ifPresent(own -> tasks.add(own.task()));
    if (!needs.contains(Need.OTHERS)) {
      return;
    }
    if (request.others().isEmpty()) {
      throw new IllegalArgumentException(
          "%s needs the statistics of at least one other task at module '%s', there are none"
              .formatted(constraint, site.module()));
    }
    for (FeatureStatistics task : request.others()) {
      requireFitting(task, site);
      if (!tasks.add(task.task())) {
        throw new IllegalArgumentException(
            "statistics of task '%s' are there twice at module '%s', expected those of other tasks"
                .formatted(task.task(), site.module()));
      }
    }
  }

  private static void requireFitting(FeatureStatistics task, Site site) {
    if (task.dimension() != site.dIn()) {
      throw new IllegalArgumentException(
          "statistics of task '%s' have %d features, module '%s' takes %d"
              .formatted(task.task(), task.dimension(), site.module(), site.dIn()));
    }
    requireFinite(task, site, task.sum());
    requireFinite(task, site, task.gram());
  }

  private static void requireFinite(FeatureStatistics task, Site site, double[] values) {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException(
            "statistics of task '%s' at module '%s' hold %s, expected finite numbers"
                .formatted(task.task(), site.module(), value));
      }
    }
  }
}
