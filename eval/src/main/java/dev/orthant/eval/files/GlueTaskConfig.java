package dev.orthant.eval.files;

import java.nio.file.Path;

/**
 * Which task of GLUE, and where it lies.
 *
 * @param task the task
 * @param folder the folder with the tasks' folders, {@code CoLA} or {@code cola}, or with the
 *     task's own files
 */
public record GlueTaskConfig(GlueTask task, Path folder) {

  /** SST-2 in {@code glue}. */
  public static GlueTaskConfig defaults() {
    return new GlueTaskConfig(GlueTask.SST2, Path.of("glue"));
  }
}
