package dev.orthant.core.application;

import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.features.StatisticsCollector;
import dev.orthant.core.features.StatisticsSource;
import dev.orthant.core.features.StatisticsSource.Unit;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.Site;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import java.util.List;

/** Collects statistics of what a model feeds its linear layers. */
final class Observation {

  private final ModelContext context;
  private final HuggingFaceCheckpoint checkpoint;
  private final Transformer model;

  Observation(ModelContext context, HuggingFaceCheckpoint checkpoint, Transformer model) {
    this.context = context;
    this.checkpoint = checkpoint;
    this.model = model;
  }

  /** Statistics at every module, of every token. */
  TaskStatistics of(String task, List<Encoded> sequences) {
    StatisticsSource source =
        new StatisticsSource(
            checkpoint.fingerprint(), checkpoint.tokenizerFingerprint(), Unit.TOKENS);
    List<String> modules = model.sites().stream().map(Site::module).toList();
    StatisticsCollector collector =
        new StatisticsCollector(task, source, modules, context.kernels());
    try (Pass pass = new Pass(context.kernels(), AdapterSet.none())) {
      pass.listener(collector);
      for (int from = 0; from < sequences.size(); ) {
        int to = Inference.endOfBatch(sequences, from);
        model.forward(pass, Batch.of(sequences.subList(from, to)));
        from = to;
      }
    }
    return collector.statistics();
  }
}
