package dev.orthant.eval.study;

import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.features.StatisticsFile;
import dev.orthant.core.features.StatisticsSource;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.text.TrainingRows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The statistics of the features that a task's rows have in the task's own expert, which is what
 * RegMean asks for, where subspace constraints ask for those of the untouched base model.
 *
 * <p>They lie in the adapter's folder, {@value #FILE}, collected when a merger first needs them
 * from the same rows as the base model's, so training again takes them away with the adapter. Their
 * fingerprint is the base's and {@value #ADAPTED}, so that they are not taken for the base model's.
 */
public final class ExpertStatistics {

  /** The side file's name in an adapter folder. */
  public static final String FILE = "statistics.safetensors";

  private static final String ADAPTED = "+adapter";

  private final Study study;

  ExpertStatistics(Study study) {
    this.study = study;
  }

  /** By module, of every module that the expert adapts. */
  Map<String, FeatureStatistics> of(StudyTask task, AdapterSpec adapter, SavedAdapter expert) {
    if (study.isMember()) { // of hundreds of experts, whose files would take gigabytes
      return collect(task, expert, StatisticsStep.sample(study, task.train())).modules();
    }
    Path file = study.layout().adapter(task.name(), adapter.name()).resolve(FILE);
    TrainingRows rows = StatisticsStep.sample(study, task.train());
    if (!Files.exists(file)) {
      StatisticsFile.write(file, collect(task, expert, rows));
    }
    TaskStatistics statistics = StatisticsFile.read(file);
    requireOf(file, statistics, rows);
    return statistics.modules();
  }

  private TaskStatistics collect(StudyTask task, SavedAdapter expert, TrainingRows rows) {
    try (Transformer encoder = study.encoder().plus(expert.deltas())) {
      return study
          .features()
          .collect(task.name(), source(), expert.deltas().keySet(), encoder, rows);
    }
  }

  private void requireOf(Path file, TaskStatistics statistics, TrainingRows rows) {
    long vectors = FeatureExtraction.vectors(source().unit(), rows);
    long there = statistics.modules().values().iterator().next().count();
    if (!FeatureExtraction.hasVectors(source().unit(), rows, there)
        || !statistics.source().equals(source())) {
      throw new IllegalArgumentException(
          "%s is of %d feature vectors in another expert or of other rows, this configuration takes %d; delete it"
              .formatted(file, there, vectors));
    }
  }

  private StatisticsSource source() {
    StatisticsSource source = study.statisticsSource();
    return new StatisticsSource(source.base() + ADAPTED, source.tokenizer(), source.unit());
  }
}
