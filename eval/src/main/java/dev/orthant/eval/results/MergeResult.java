package dev.orthant.eval.results;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one way of merging got on every task.
 *
 * @param adapter the kind of adapter that was merged, with its constraint if it has one
 * @param merger the merger's name
 * @param settings the hyper-parameters chosen on validation rows, by name
 * @param taskKnown whether each task used something else of the result, so that it is not one model
 * @param tasks the tasks, in the order of the study
 */
public record MergeResult(
    String adapter,
    String merger,
    SortedMap<String, String> settings,
    boolean taskKnown,
    List<MergedTask> tasks) {

  /** What is written of a result that is not one model. */
  static final String KNOWN = "known";

  /** What is written of one that is. */
  static final String NOT_NEEDED = "not needed";

  /** Copies the collections and refuses a merge of no task. */
  public MergeResult {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    tasks = List.copyOf(tasks);
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("a merge needs the result of at least one task");
    }
  }

  /** Of one model for all tasks, with settings in any map. */
  public static MergeResult of(
      String adapter, String merger, Map<String, String> settings, List<MergedTask> tasks) {
    return new MergeResult(adapter, merger, new TreeMap<>(settings), false, tasks);
  }

  /** The same, whether or not the task has to be known. */
  public MergeResult withTaskKnown(boolean known) {
    return new MergeResult(adapter, merger, settings, known, tasks);
  }

  /** Whether the task has to be known, in words: {@code known} or {@code not needed}. */
  public String taskId() {
    return taskId(taskKnown);
  }

  static String taskId(boolean known) {
    return known ? KNOWN : NOT_NEEDED;
  }

  /** The mean score over the tasks. */
  public double mean() {
    return tasks.stream().mapToDouble(MergedTask::score).sum() / tasks.size();
  }

  /** The mean over the tasks of the share of the single-task score that was kept. */
  public double meanRetention() {
    return tasks.stream().mapToDouble(MergedTask::retention).sum() / tasks.size();
  }

  /** The task that kept the least; the first of equal ones. */
  public MergedTask worst() {
    return tasks.stream().min(Comparator.comparingDouble(MergedTask::retention)).orElseThrow();
  }
}
