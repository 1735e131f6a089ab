package dev.orthant.cli;

import com.google.inject.Guice;
import com.google.inject.Inject;
import com.google.inject.Injector;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.config.BaseSpec;
import dev.orthant.core.family.Architectures;
import dev.orthant.core.features.StatisticsFile;
import dev.orthant.core.features.StatisticsSource;
import dev.orthant.core.features.StatisticsSource.Unit;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.TargetModules;
import dev.orthant.core.text.Example;
import dev.orthant.core.text.LabelledRows;
import dev.orthant.core.text.Tokenizer;
import dev.orthant.eval.files.TextFileReader;
import dev.orthant.eval.study.FeatureExtraction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Statistics of text files in a base model, or in a base model with an adapter in it. */
final class FileStatistics {

  private static final int BATCH = 64;

  private final Backend backend;
  private final BaseModels baseModels;
  private final Interruption interruption;
  private final PluginFolders plugins;

  @Inject
  FileStatistics(
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
      int maxLength,
      String task,
      String textA,
      @Nullable String textB,
      List<String> modules,
      Unit unit,
      @Nullable Integer rows,
      @Nullable Integer sketch,
      @Nullable Path adapter,
      Path output) {}

  void write(Request request) throws IOException {
    List<Example> examples = new ArrayList<>();
    for (Path file : request.data()) {
      examples.addAll(TextFileReader.read(file, request.textA(), request.textB()));
    }
    Integer rows = request.rows();
    List<Example> taken =
        rows == null ? examples : examples.subList(0, Math.min(rows, examples.size()));
    TargetModules targets = new TargetModules(request.modules(), List.of(), List.of());
    Path folder = baseModels.folder(new BaseSpec(request.base(), request.maxLength()));
    backend.start();
    Injector injector = Guice.createInjector(plugins.module(List.of()));
    WorkerPool pool = injector.getInstance(WorkerPool.class);
    try (HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(folder);
        Tokenizer tokenizer = Tokenizer.open(checkpoint.tokenizerFile(), request.maxLength());
        Transformer encoder = injector.getInstance(Architectures.class).load(checkpoint);
        Transformer adapted = adapted(encoder, request.adapter())) {
      List<String> modules = modules(targets, encoder);
      StatisticsSource source =
          new StatisticsSource(
              checkpoint.fingerprint() + suffix(request.adapter()),
              checkpoint.tokenizerFingerprint(),
              request.unit());
      FeatureExtraction extraction =
          new FeatureExtraction(injector.getInstance(Kernels.class), BATCH, interruption);
      LabelledRows texts = LabelledRows.of(taken, tokenizer);
      Integer sketch = request.sketch();
      StatisticsFile.write(
          request.output(),
          sketch == null
              ? extraction.collect(request.task(), source, modules, adapted, texts)
              : extraction.sketch(request.task(), source, modules, adapted, texts, sketch));
    } finally {
      pool.close();
    }
  }

  private static List<String> modules(TargetModules targets, Transformer encoder) {
    List<String> modules = targets.select(encoder.sites()).stream().map(Site::module).toList();
    if (modules.isEmpty()) {
      throw new MisuseException(
          "--modules %s match none of the %d modules, among them %s"
              .formatted(
                  targets.include(), encoder.sites().size(), encoder.sites().get(0).module()));
    }
    return modules;
  }

  private static Transformer adapted(Transformer encoder, @Nullable Path adapter) {
    Map<String, Delta> deltas =
        adapter == null
            ? Map.of()
            : PeftAdapterFolder.read(adapter)
                .deltas(encoder.sites().stream().map(Site::module).toList(), encoder::baseWeights);
    return encoder.plus(deltas);
  }

  /** What marks the fingerprint of a base with an adapter in it. */
  private static String suffix(@Nullable Path adapter) throws IOException {
    if (adapter == null) {
      return "";
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(Files.readAllBytes(adapter.resolve(PeftAdapterFolder.CONFIG)));
      digest.update(Files.readAllBytes(adapter.resolve(PeftAdapterFolder.WEIGHTS)));
      return "+" + HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
