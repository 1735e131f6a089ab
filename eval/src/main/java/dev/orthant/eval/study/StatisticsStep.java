package dev.orthant.eval.study;

import dev.orthant.core.features.StatisticsCollector;
import dev.orthant.core.features.StatisticsFile;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.progress.Progress;
import dev.orthant.core.text.Encoded;
import dev.orthant.core.text.LabelledRows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the statistics of every task's features at every adapted module of the untouched base
 * model, from the first {@code evaluation.statistics_rows} training rows.
 */
public final class StatisticsStep {

  private final Study study;

  /** A step of a study. */
  public StatisticsStep(Study study) {
    this.study = study;
  }

  /** Collects and writes what is missing; the statistics by task, in the order of the tasks. */
  public List<TaskStatistics> run() {
    List<TaskStatistics> all = new ArrayList<>();
    try (Progress.Task progress =
        study.progress().start("statistics", study.tasks().size(), "tasks")) {
      for (StudyTask task : study.tasks()) {
        progress.message(task.name());
        all.add(of(task));
        progress.step(1);
      }
    }
    return all;
  }

  /** The statistics of one task; they are collected and written if they are missing. */
  public TaskStatistics of(StudyTask task) {
    Path file = study.statisticsFile(task);
    if (!Files.exists(file)) {
      StatisticsFile.write(file, collect(task));
    }
    return checked(file, StatisticsFile.read(file), task);
  }

  private TaskStatistics collect(StudyTask task) {
    StatisticsCollector collector =
        new StatisticsCollector(
            task.name(), study.checkpoint().fingerprint(), study.adaptedModules(), study.kernels());
    study.predictor().observe(study.encoder(), sample(study, task.train()), collector::input);
    return collector.statistics();
  }

  /** The first {@code evaluation.statistics_rows} rows. */
  static LabelledRows sample(Study study, LabelledRows rows) {
    int count = Math.min(rows.size(), study.run().evaluation().statisticsRows());
    List<Encoded> first = rows.rows().subList(0, count);
    float[] labels = new float[count];
    System.arraycopy(rows.labels(), 0, labels, 0, count);
    return new LabelledRows(first, labels);
  }

  private TaskStatistics checked(Path file, TaskStatistics statistics, StudyTask task) {
    String fingerprint = study.checkpoint().fingerprint();
    if (!statistics.baseFingerprint().equals(fingerprint)) {
      throw new IllegalArgumentException(
          "%s is of another base model (%s...), this study's is %s...; delete it or choose another output"
              .formatted(file, head(statistics.baseFingerprint()), head(fingerprint)));
    }
    for (String module : study.adaptedModules()) {
      if (!statistics.modules().containsKey(module)) {
        throw new IllegalArgumentException(
            "%s does not cover the adapted module %s; delete it or choose another output"
                .formatted(file, module));
      }
    }
    long tokens =
        sample(study, task.train()).rows().stream().mapToLong(row -> row.tokenIds().length).sum();
    long there = statistics.modules().values().iterator().next().count();
    if (!statistics.task().equals(task.name()) || there != tokens) {
      throw new IllegalArgumentException(
          "%s is of %d tokens of task '%s', this configuration takes %d of '%s'; delete it or choose another output"
              .formatted(file, there, statistics.task(), tokens, task.name()));
    }
    return statistics;
  }

  private static String head(String fingerprint) {
    return fingerprint.substring(0, Math.min(12, fingerprint.length()));
  }
}
