package dev.orthant.eval.interference;

import java.util.List;

/**
 * All that is known of the interference among the adapters of one kind.
 *
 * @param adapter the kind of adapter
 * @param tasks the tasks, in the order of all lists
 * @param modules module by module
 * @param merges merge by merge
 */
public record InterferenceFigures(
    String adapter,
    List<String> tasks,
    List<ModuleInterference> modules,
    List<MergeDisturbance> merges) {

  /** Copies the lists. */
  public InterferenceFigures {
    tasks = List.copyOf(tasks);
    modules = List.copyOf(modules);
    merges = List.copyOf(merges);
  }
}
