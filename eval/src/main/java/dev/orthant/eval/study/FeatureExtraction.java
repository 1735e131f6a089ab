package dev.orthant.eval.study;

import dev.orthant.core.features.ExampleMeans;
import dev.orthant.core.features.SketchCollector;
import dev.orthant.core.features.StatisticsCollector;
import dev.orthant.core.features.StatisticsSource;
import dev.orthant.core.features.StatisticsSource.Unit;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.nn.FeatureListener;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.text.TrainingRows;
import java.util.Collection;

/** Collects the statistics of the features that a model makes of rows. */
public final class FeatureExtraction {

  private final Kernels kernels;
  private final int batchSize;
  private final Interruption interruption;

  /** What runs models in batches of so many rows. */
  public FeatureExtraction(Kernels kernels, int batchSize, Interruption interruption) {
    this.kernels = kernels;
    this.batchSize = batchSize;
    this.interruption = interruption;
  }

  /**
   * The statistics of one task.
   *
   * @param source what the encoder and the rows are from, and what counts as a feature vector
   * @param modules the modules to collect at
   */
  public TaskStatistics collect(
      String task,
      StatisticsSource source,
      Collection<String> modules,
      Transformer encoder,
      TrainingRows rows) {
    StatisticsCollector collector = new StatisticsCollector(task, source, modules, kernels);
    observe(collector, source.unit(), encoder, rows);
    return collector.statistics();
  }

  /**
   * The statistics of one task in bounded memory.
   *
   * @param size rows of a sketch, at least 1
   */
  public TaskStatistics sketch(
      String task,
      StatisticsSource source,
      Collection<String> modules,
      Transformer encoder,
      TrainingRows rows,
      int size) {
    SketchCollector collector = new SketchCollector(task, source, modules, size);
    observe(collector, source.unit(), encoder, rows);
    return collector.statistics();
  }

  private void observe(
      FeatureListener listener, Unit unit, Transformer encoder, TrainingRows rows) {
    new Predictor(kernels, batchSize, interruption)
        .observe(encoder, rows, unit == Unit.MEANS ? new ExampleMeans(listener) : listener);
  }

  /** How many feature vectors rows have, those of targets that a decoder reads aside. */
  static long vectors(Unit unit, TrainingRows rows) {
    return unit == Unit.MEANS
        ? rows.size()
        : rows.rows().stream().mapToLong(row -> row.tokenIds().length).sum();
  }

  /** Whether rows have so many feature vectors, of what is read or of the targets. */
  static boolean hasVectors(Unit unit, TrainingRows rows, long count) {
    long targets =
        rows.rows().stream()
            .mapToLong(row -> row.targetIds() == null ? 0 : row.targetIds().length)
            .sum();
    return vectors(unit, rows) == count || unit == Unit.TOKENS && count > 0 && targets == count;
  }
}
