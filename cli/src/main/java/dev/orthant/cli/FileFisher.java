package dev.orthant.cli;

import com.google.inject.Guice;
import com.google.inject.Inject;
import com.google.inject.Injector;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.config.BaseSpec;
import dev.orthant.core.family.Architectures;
import dev.orthant.core.features.FisherFile;
import dev.orthant.core.features.FisherInformation.Kind;
import dev.orthant.core.finetune.AdapterDescription;
import dev.orthant.core.finetune.AdapterFolder;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.text.Example;
import dev.orthant.core.text.LabelledRows;
import dev.orthant.core.text.Tokenizer;
import dev.orthant.eval.files.TextFileReader;
import dev.orthant.eval.study.ExpertFisher;
import dev.orthant.eval.study.FisherExtraction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Fisher information of a trained adapter's weights on text files. */
final class FileFisher {

  private static final int BATCH = 64;

  private final Backend backend;
  private final BaseModels baseModels;
  private final Interruption interruption;
  private final PluginFolders plugins;

  @Inject
  FileFisher(
      Backend backend, BaseModels baseModels, Interruption interruption, PluginFolders plugins) {
    this.backend = backend;
    this.baseModels = baseModels;
    this.interruption = interruption;
    this.plugins = plugins;
  }

  /** What the command line asks for. */
  record Request(
      List<Path> data,
      String base,
      Path adapter,
      String textA,
      @Nullable String textB,
      Kind kind,
      @Nullable Integer rows,
      Path output) {}

  void write(Request request) throws IOException {
    List<Example> examples = new ArrayList<>();
    for (Path file : request.data()) {
      examples.addAll(TextFileReader.read(file, request.textA(), request.textB()));
    }
    Integer rows = request.rows();
    List<Example> taken =
        rows == null ? examples : examples.subList(0, Math.min(rows, examples.size()));
    AdapterDescription description = AdapterFolder.describe(request.adapter());
    Path folder = baseModels.folder(new BaseSpec(request.base(), description.maxLength()));
    backend.start();
    Injector injector = Guice.createInjector(plugins.module(List.of()));
    WorkerPool pool = injector.getInstance(WorkerPool.class);
    try (HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(folder);
        Tokenizer tokenizer = Tokenizer.open(checkpoint.tokenizerFile(), description.maxLength());
        Transformer encoder = injector.getInstance(Architectures.class).load(checkpoint)) {
      if (!checkpoint.fingerprint().equals(description.baseFingerprint())) {
        throw new CheckpointException(request.adapter(), "is of another base model than " + folder);
      }
      SavedAdapter expert = AdapterFolder.read(request.adapter(), encoder);
      Head head = encoder.heads().of(description.head(), expert.head());
      try (Transformer adapted = encoder.plus(expert.deltas())) {
        FisherFile.write(
            request.output(),
            new FisherExtraction(injector.getInstance(Kernels.class), BATCH, interruption)
                .collect(
                    description.task(),
                    ExpertFisher.source(checkpoint),
                    request.kind(),
                    expert.deltas().keySet(),
                    adapted,
                    head,
                    LabelledRows.of(taken, tokenizer)));
      }
    } finally {
      pool.close();
    }
  }
}
