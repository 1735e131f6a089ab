package dev.orthant.eval.study;

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
  static LabelledRows sample(Study study, LabelledRows rows) {
    int count = Math.min(rows.size(), study.run().evaluation().statisticsRows());
    List<Encoded> first = rows.rows().subList(0, count);
    float[] labels = new float[count];
    System.arraycopy(rows.labels(), 0, labels, 0, count);
    return new LabelledRows(first, labels);
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
    long vectors =
        FeatureExtraction.vectors(statistics.source().unit(), sample(study, task.train()));
    long there = statistics.modules().values().iterator().next().count();
    if (!statistics.task().equals(task.name()) || there != vectors) {
      throw new IllegalArgumentException(
          "%s is of %d feature vectors of task '%s', this configuration takes %d of '%s'; delete it or choose another output"
              .formatted(file, there, statistics.task(), vectors, task.name()));
    }
    return statistics;
  }
}
