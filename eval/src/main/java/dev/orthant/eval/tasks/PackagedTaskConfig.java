package dev.orthant.eval.tasks;

/**
 * Which of the tasks that come with packages.
 *
 * @param task the task
 */
public record PackagedTaskConfig(PackagedTask task) {

  /** Acceptability. */
  public static PackagedTaskConfig defaults() {
    return new PackagedTaskConfig(PackagedTask.ACCEPTABILITY);
  }
}
