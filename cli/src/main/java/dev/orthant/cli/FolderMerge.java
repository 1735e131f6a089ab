package dev.orthant.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.inject.Guice;
import com.google.inject.Inject;
import dev.orthant.core.checkpoint.AtomicFolder;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.PeftAdapter;
import dev.orthant.core.checkpoint.PeftAdapterBuilder;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.checkpoint.WeightLayout;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.ConfigEncoder;
import dev.orthant.core.config.ConfigurationException;
import dev.orthant.core.config.MergerSpec;
import dev.orthant.core.config.TransformSpec;
import dev.orthant.core.features.FisherInformation.Kind;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.ConfiguredMerge;
import dev.orthant.core.merge.FoldedTensors;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.core.merge.MergeResult;
import dev.orthant.core.merge.TensorReport;
import dev.orthant.core.merge.recipe.InputSpec;
import dev.orthant.core.merge.recipe.MergeConfig;
import dev.orthant.core.merge.recipe.MergeNote;
import dev.orthant.core.merge.stream.FileDigests;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.progress.Progress;
import dev.orthant.core.spi.MergerTraits.Space;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Merges adapter folders into an adapter or a model. */
final class FolderMerge {

  private static final String COMPRESS = "compress";
  private static final String WEIGHT = ".weight";

  private final Backend backend;
  private final Progress progress;
  private final Interruption interruption;
  private final PluginFolders plugins;

  @Inject
  FolderMerge(
      Backend backend, Progress progress, Interruption interruption, PluginFolders plugins) {
    this.backend = backend;
    this.progress = progress;
    this.interruption = interruption;
    this.plugins = plugins;
  }

  /** What the command line asks for. */
  record Request(
      String type,
      Map<String, String> settings,
      List<Path> inputs,
      List<Double> weights,
      InputStatistics statistics,
      InputFisher fisher,
      @Nullable Path base,
      boolean fold,
      @Nullable Integer rank,
      long seed,
      List<Path> plugins,
      Space space,
      List<TransformSpec> before,
      List<TransformSpec> after,
      Path output,
      boolean force,
      boolean digests) {

    double weight(int input) {
      return weights.isEmpty() ? 1 : weights.get(input);
    }
  }

  /** Whether the inputs are models; they are merged as a file that names them would be. */
  boolean isOfModels(Request request) {
    check(request);
    return request.inputs().stream().noneMatch(FolderMerge::isAdapter);
  }

  /** What the command line says, as a file would. */
  MergeConfig config(Request request) {
    List<InputSpec> inputs = new ArrayList<>();
    for (int i = 0; i < request.inputs().size(); i++) {
      inputs.add(
          new InputSpec(
              request.inputs().get(i).toString(),
              null,
              request.weight(i),
              nth(request.statistics().files(), i),
              nth(request.fisher().files(), i),
              JsonNodeFactory.instance.objectNode()));
    }
    Path base = request.base();
    boolean adapters = isAdapter(request.inputs().get(0));
    return new MergeConfig(
        base == null ? null : base.toString(),
        adapters ? List.of() : inputs,
        adapters ? inputs : List.of(),
        spec(request, new ConfigDecoder()),
        request.fold(),
        null,
        null,
        request.seed(),
        null,
        null,
        null,
        request.output(),
        request.plugins());
  }

  private static @Nullable Path nth(List<Path> files, int i) {
    return files.isEmpty() ? null : files.get(i);
  }

  private static void check(Request request) {
    request.inputs().forEach(FolderMerge::requireInput);
    Integer rank = request.rank();
    if (rank != null && rank < 1) {
      throw new MisuseException("--rank must be at least 1, was " + rank);
    }
    long adapters = request.inputs().stream().filter(FolderMerge::isAdapter).count();
    if (adapters != 0 && adapters != request.inputs().size()) {
      throw new IllegalArgumentException(
          "inputs must be all adapter folders or all model folders, %d of %d have an %s"
              .formatted(adapters, request.inputs().size(), PeftAdapterFolder.CONFIG));
    }
    if (!request.weights().isEmpty() && request.weights().size() != request.inputs().size()) {
      throw new MisuseException(
          "--weights needs one for each of the %d inputs, were %d"
              .formatted(request.inputs().size(), request.weights().size()));
    }
    requireOneEach("--statistics", request.statistics().files().size(), request);
    requireOneEach("--fisher", request.fisher().files().size(), request);
    if (request.fold() && (request.base() == null || adapters == 0)) {
      throw new MisuseException("--fold needs adapters as inputs, and --base");
    }
  }

  /**
   * Merges adapters and writes.
   *
   * @return what was done to each module of the adapters
   */
  List<TensorReport> run(Request request) throws IOException {
    check(request);
    OutputFolder.requireFree(request.output(), request.force());
    Catalog catalog =
        Guice.createInjector(plugins.module(request.plugins())).getInstance(Catalog.class);
    MergeEngine engine = engine(catalog, request);
    Optional<Kind> fisher = InputFisher.asked(catalog, spec(request, new ConfigDecoder()));
    backend.start();
    return mergeAdapters(engine, request, fisher);
  }

  private List<TensorReport> mergeAdapters(
      MergeEngine engine, Request request, Optional<Kind> fisher) throws IOException {
    List<PeftAdapter> adapters = request.inputs().stream().map(PeftAdapterFolder::read).toList();
    PeftAdapter first = adapters.get(0);
    if (request.base() == null) {
      List<AdapterInput> inputs = inputs(adapters, null, request, fisher);
      MergeResult merged = engine.mergeAdapters(inputs, null);
      writeAdapter(merged, first, request);
      return merged.report();
    }
    try (HuggingFaceCheckpoint base = HuggingFaceCheckpoint.open(request.base())) {
      List<AdapterInput> inputs = inputs(adapters, base, request, fisher);
      WeightLayout layout = WeightLayout.of(base.config(), first.config().fanInFanOut());
      MergeResult merged = engine.mergeAdapters(inputs, layout.linear(base));
      if (request.fold()) {
        FoldedTensors.of(base, layout.stored(merged.deltas()))
            .write(
                base,
                note(request).files(merged.report(), "transformers"),
                request.output(),
                request.force());
      } else {
        writeAdapter(merged, first, request);
      }
      return merged.report();
    }
  }

  private static List<AdapterInput> inputs(
      List<PeftAdapter> adapters,
      @Nullable HuggingFaceCheckpoint base,
      Request request,
      Optional<Kind> fisher) {
    boolean onBase = base != null || adapters.stream().anyMatch(PeftAdapter::needsBaseWeights);
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < adapters.size(); i++) {
      Path folder = request.inputs().get(i);
      Map<String, ? extends Delta> deltas =
          onBase ? deltasOn(base, adapters.get(i), folder) : adapters.get(i).deltas();
      inputs.add(
          AdapterInput.of(folder.toString(), deltas)
              .withWeight(request.weight(i))
              .withStatistics(request.statistics().of(i, folder, deltas.keySet()))
              .withFisher(request.fisher().ofModules(i, folder, fisher, deltas.keySet())));
    }
    return inputs;
  }

  /** The deltas under the base's names of modules. */
  private static Map<String, Delta> deltasOn(
      @Nullable HuggingFaceCheckpoint base, PeftAdapter adapter, Path folder) {
    if (base == null) {
      throw new MisuseException(
          "%s %s: give --base; deltas of DoRA are full matrices then, unless --rank truncates them"
              .formatted(
                  folder,
                  adapter.needsBaseWeights()
                      ? "has deltas that depend on the base (DoRA, or PiSSA or OLoRA not converted)"
                      : "goes with an adapter whose deltas depend on the base"));
    }
    TensorSource linear =
        WeightLayout.of(base.config(), adapter.config().fanInFanOut()).linear(base);
    return adapter.deltas(modules(base), module -> linear.read(module + WEIGHT));
  }

  private void writeAdapter(MergeResult merged, PeftAdapter first, Request request)
      throws IOException {
    Map<String, LoraDelta> lowRank = new LinkedHashMap<>();
    merged
        .deltas()
        .forEach(
            (module, delta) ->
                lowRank.put(
                    module,
                    delta instanceof LoraDelta lora
                        ? lora
                        : PeftAdapter.exactLowRank((DenseDelta) delta)));
    PeftAdapterBuilder builder =
        new PeftAdapterBuilder()
            .taskType(taskType(first))
            .baseModel(first.config().baseModel())
            .fanInFanOut(first.config().fanInFanOut())
            .embeddings(
                lowRank.keySet().stream().filter(module -> isEmbedding(first, module)).toList());
    PeftAdapter adapter = builder.fromDeltas(lowRank);
    Map<String, String> notes = note(request).files(merged.report(), "peft");
    AtomicFolder.write(
        request.output(),
        request.force(),
        folder -> {
          PeftAdapterFolder.writeInto(folder, adapter);
          for (Map.Entry<String, String> note : notes.entrySet()) {
            Files.writeString(folder.resolve(note.getKey()), note.getValue());
          }
        });
  }

  /** A language model stays one; heads of other kinds are each task's own and are left out. */
  private static @Nullable String taskType(PeftAdapter first) {
    String type = first.config().taskType();
    return type == null || type.endsWith("_LM") ? type : "FEATURE_EXTRACTION";
  }

  /** Whether a module, perhaps under the base's name, is an embedding. */
  private static boolean isEmbedding(PeftAdapter adapter, String module) {
    return adapter.embeddings().stream()
        .anyMatch(e -> e.equals(module) || e.endsWith("." + module) || module.endsWith("." + e));
  }

  private MergeNote note(Request request) throws IOException {
    Set<Path> inputs = new LinkedHashSet<>(request.inputs());
    Path base = request.base();
    if (base != null) {
      inputs.add(base);
    }
    int threads = Runtime.getRuntime().availableProcessors();
    FileDigests digests =
        request.digests()
            ? FileDigests.of(RecipeMerge.inputFiles(inputs), threads)
            : new FileDigests(Map.of());
    return new MergeNote(
        new ConfigEncoder().toNode(config(request)),
        request.type(),
        VersionProvider.version(),
        request.seed(),
        inputs,
        digests);
  }

  /** What tensors called {@code weight} belong to. */
  private static List<String> modules(HuggingFaceCheckpoint model) {
    return model.names().stream()
        .filter(name -> name.endsWith(WEIGHT))
        .map(name -> name.substring(0, name.length() - WEIGHT.length()))
        .toList();
  }

  private MergeEngine engine(Catalog catalog, Request request) {
    ConfigDecoder decoder = new ConfigDecoder();
    ConfiguredMerge configured = new ConfiguredMerge(catalog, decoder);
    MergerSpec spec = spec(request, decoder);
    told("--set", () -> configured.traits(spec));
    return told("--before and --after", () -> configured.engine(spec))
        .seed(request.seed())
        .progress(progress)
        .interruption(interruption)
        .build();
  }

  private static MergerSpec spec(Request request, ConfigDecoder decoder) {
    ObjectNode settings = JsonNodeFactory.instance.objectNode();
    request.settings().forEach((key, value) -> settings.set(key, decoder.parse(value)));
    List<TransformSpec> after = new ArrayList<>(request.after());
    Integer rank = request.rank();
    if (rank != null) {
      after.add(
          new TransformSpec(COMPRESS, JsonNodeFactory.instance.objectNode().put("rank", rank)));
    }
    return new MergerSpec(
        "merge",
        request.type(),
        Map.of(),
        false,
        request.space(),
        request.before(),
        after,
        settings);
  }

  /** What is wrong with settings is told with the option that gave them. */
  private static <T> T told(String option, Supplier<T> step) {
    try {
      return step.get();
    } catch (ConfigurationException e) {
      throw new ConfigurationException(option, e.problems());
    }
  }

  private static void requireOneEach(String option, int files, Request request) {
    if (files != 0 && files != request.inputs().size()) {
      throw new MisuseException(
          "%s needs one file for each of the %d inputs, were %d"
              .formatted(option, request.inputs().size(), files));
    }
  }

  private static void requireInput(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new CheckpointException(
          folder, Files.exists(folder) ? "is not a folder" : "there is no such folder");
    }
    if (!isAdapter(folder) && !Files.exists(folder.resolve("config.json"))) {
      throw new CheckpointException(
          folder,
          "is neither an adapter folder (with %s) nor a model folder (with config.json)"
              .formatted(PeftAdapterFolder.CONFIG));
    }
  }

  private static boolean isAdapter(Path folder) {
    return Files.exists(folder.resolve(PeftAdapterFolder.CONFIG));
  }
}
