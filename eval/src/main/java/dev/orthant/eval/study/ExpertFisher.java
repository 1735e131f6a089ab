package dev.orthant.eval.study;

import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.features.FisherFile;
import dev.orthant.core.features.FisherInformation;
import dev.orthant.core.features.FisherInformation.Kind;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.text.TrainingRows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The Fisher information of an expert's weights, base and adapter together, at the modules that it
 * adapts, on the rows that its feature statistics are from.
 *
 * <p>It lies in the adapter's folder, collected when a merger first needs it, so training again
 * takes it away with the adapter.
 */
public final class ExpertFisher {

  private static final String ADAPTED = "+adapter";

  private final Study study;

  /** Of the experts of a study whose adapters are trained. */
  public ExpertFisher(Study study) {
    this.study = study;
  }

  /** Collects and writes what is missing, of all tasks and adapters; the files. */
  public List<Path> run(Kind kind) {
    List<Path> files = new ArrayList<>();
    for (AdapterSpec adapter : study.run().adapters()) {
      List<SavedAdapter> experts = study.experts(adapter);
      for (int i = 0; i < experts.size(); i++) {
        of(study.tasks().get(i), adapter, experts.get(i), kind);
        files.add(file(study.tasks().get(i), adapter, kind));
      }
    }
    return files;
  }

  /** Of one expert; read if it is there, collected if not. */
  FisherInformation of(StudyTask task, AdapterSpec adapter, SavedAdapter expert, Kind kind) {
    TrainingRows rows = StatisticsStep.sample(study, task.train());
    if (study.isMember()) { // of hundreds of experts, whose files would take gigabytes
      return collect(task, expert, kind, rows);
    }
    Path file = file(task, adapter, kind);
    if (!Files.exists(file)) {
      FisherFile.write(file, collect(task, expert, kind, rows));
    }
    FisherInformation information = FisherFile.read(file);
    int batch = kind == Kind.EXACT ? 1 : Math.min(rows.size(), batchSize());
    if (information.examples() != rows.size()
        || information.batchSize() != batch
        || information.kind() != kind
        || !information.source().equals(source())) {
      throw new IllegalArgumentException(
          "%s is %s information of %d examples in batches of %d, or of another expert; this configuration takes %s of %d in batches of %d; delete it"
              .formatted(
                  file,
                  information.kind().word(),
                  information.examples(),
                  information.batchSize(),
                  kind.word(),
                  rows.size(),
                  batch));
    }
    return information;
  }

  private Path file(StudyTask task, AdapterSpec adapter, Kind kind) {
    return study.adapterFolder(task, adapter).resolve(FisherFile.name(kind));
  }

  private FisherInformation collect(
      StudyTask task, SavedAdapter expert, Kind kind, TrainingRows rows) {
    try (Transformer encoder = study.encoder().plus(expert.deltas())) {
      return new FisherExtraction(study.kernels(), batchSize(), study.interruption())
          .collect(
              task.name(),
              source(),
              kind,
              expert.deltas().keySet(),
              encoder,
              study.head(expert),
              rows);
    }
  }

  private int batchSize() {
    return study.run().evaluation().batchSize();
  }

  private FisherInformation.Source source() {
    return source(study.checkpoint());
  }

  /** What information of an adapter's own weights on a base model is taken with. */
  public static FisherInformation.Source source(HuggingFaceCheckpoint base) {
    return new FisherInformation.Source(base.fingerprint() + ADAPTED, base.tokenizerFingerprint());
  }
}
