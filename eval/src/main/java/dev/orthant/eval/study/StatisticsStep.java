package dev.orthant.eval.study;

import dev.orthant.core.features.StatisticsFile;
import dev.orthant.core.features.StatisticsSource.Unit;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.progress.Progress;
import dev.orthant.core.text.TrainingRows;
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
    study.otherStatistics().read(); // refused before anything is computed
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
    return study
        .features()
        .collect(
            task.name(),
            study.statisticsSource(),
            study.adaptedModules(),
            study.encoder(),
            sample(study, task.train()));
  }

  /** The first {@code evaluation.statistics_rows} rows. */
  static TrainingRows sample(Study study, TrainingRows rows) {
    int count = Math.min(rows.size(), study.run().evaluation().statisticsRows());
    return rows.first(count);
  }

  private TaskStatistics checked(Path file, TaskStatistics statistics, StudyTask task) {
    List<String> misfits =
        study
            .statisticsSource()
            .misfits(statistics.source(), statistics.modules().keySet(), study.adaptedModules());
    if (!misfits.isEmpty()) {
      throw new IllegalArgumentException(
          "%s is %s; delete it or choose another output"
              .formatted(file, String.join(", and ", misfits)));
    }
    Unit unit = statistics.source().unit();
    TrainingRows rows = sample(study, task.train());
    long there = statistics.modules().values().iterator().next().count();
    if (!statistics.task().equals(task.name())
        || !FeatureExtraction.hasVectors(unit, rows, there)) {
      long vectors = FeatureExtraction.vectors(unit, rows);
      throw new IllegalArgumentException(
          "%s is of %d feature vectors of task '%s', this configuration takes %d of '%s'; delete it or choose another output"
              .formatted(file, there, statistics.task(), vectors, task.name()));
    }
    return statistics;
  }
}
