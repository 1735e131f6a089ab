package dev.orthant.eval.study;

import dev.orthant.core.features.FisherCollector;
import dev.orthant.core.features.FisherInformation;
import dev.orthant.core.features.FisherInformation.Kind;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.SequenceClassifier;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.text.BatchOrder;
import dev.orthant.core.text.TrainingRows;
import java.util.Collection;

/** Collects the Fisher information of an expert's weights on rows, whose labels do not matter. */
public final class FisherExtraction {

  private final Kernels kernels;
  private final int batchSize;
  private final Interruption interruption;

  /** What runs models in batches of so many rows. */
  public FisherExtraction(Kernels kernels, int batchSize, Interruption interruption) {
    this.kernels = kernels;
    this.batchSize = batchSize;
    this.interruption = interruption;
  }

  /**
   * The information of one task.
   *
   * @param source what the encoder and the rows are from
   * @param encoder with the expert's adapter in it
   * @param modules whose weights' information is asked for
   */
  public FisherInformation collect(
      String task,
      FisherInformation.Source source,
      Kind kind,
      Collection<String> modules,
      Transformer encoder,
      Head head,
      TrainingRows rows) {
    SequenceClassifier model = new SequenceClassifier(encoder, head);
    try (FisherCollector collector = new FisherCollector(model, kind, modules, kernels)) {
      for (int[] indices : BatchOrder.evaluation(rows, batchSize)) {
        interruption.check();
        collector.add(rows.batch(indices));
      }
      return collector.information(task, source);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("task '%s': %s".formatted(task, e.getMessage()), e);
    }
  }
}
