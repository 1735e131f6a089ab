package dev.orthant.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.inject.Guice;
import com.google.inject.Inject;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.ConfigEncoder;
import dev.orthant.core.features.FisherInformation.Kind;
import dev.orthant.core.merge.recipe.InputData;
import dev.orthant.core.merge.recipe.InputSpec;
import dev.orthant.core.merge.recipe.MergeConfig;
import dev.orthant.core.merge.recipe.MergeNote;
import dev.orthant.core.merge.recipe.ModelMerge;
import dev.orthant.core.merge.recipe.Models;
import dev.orthant.core.merge.recipe.Provenance;
import dev.orthant.core.merge.recipe.Sizes;
import dev.orthant.core.merge.stream.FileDigests;
import dev.orthant.core.merge.stream.MergeSettings;
import dev.orthant.core.merge.stream.StreamingMerge;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Carries out what a merge file says: one in our own form or one of mergekit's. */
final class RecipeMerge {

  private static final String WEIGHT = ".weight";

  private final Console console;
  private final Backend backend;
  private final FolderMerge folders;
  private final Progress progress;
  private final Interruption interruption;
  private final PluginFolders plugins;

  @Inject
  RecipeMerge(
      Console console,
      Backend backend,
      FolderMerge folders,
      Progress progress,
      Interruption interruption,
      PluginFolders plugins) {
    this.console = console;
    this.backend = backend;
    this.folders = folders;
    this.progress = progress;
    this.interruption = interruption;
    this.plugins = plugins;
  }

  /**
   * What the command line adds to a file, and where it wins.
   *
   * @param digests whether the inputs' files are digested for merge.json
   */
  record Options(
      @Nullable Path output,
      boolean force,
      boolean dryRun,
      @Nullable String memory,
      @Nullable String shardSize,
      @Nullable Integer threads,
      @Nullable Long seed,
      boolean digests) {

    MergeSettings settings(@Nullable MergeConfig config) {
      MergeSettings defaults = MergeSettings.defaults();
      String ofMemory = memory == null && config != null ? config.memory() : memory;
      String ofShards = shardSize == null && config != null ? config.shardSize() : shardSize;
      Integer ofThreads = threads == null && config != null ? config.threads() : threads;
      return new MergeSettings(
          ofThreads == null ? defaults.threads() : ofThreads,
          ofMemory == null ? defaults.memoryBytes() : Sizes.bytes("memory", ofMemory),
          ofShards == null ? defaults.shardBytes() : Sizes.bytes("shard_size", ofShards));
    }
  }

  /** Whether a file is for this class and not a study's. */
  static boolean takes(JsonNode root) {
    return ModelMerge.isMergekit(root) || root.has(MergeConfig.MERGER);
  }

  /** Merges; the folder that was written, or null if nothing was to be written. */
  @Nullable Path run(Path file, JsonNode root, Options options) throws IOException {
    if (!ModelMerge.isMergekit(root)) {
      return run(config(file, root), root, file, options);
    }
    Path output = required(options.output());
    Catalog catalog = catalog(List.of());
    MergeSettings settings = options.settings(null);
    long seed = options.seed() == null ? MergeConfig.DEFAULT_SEED : options.seed();
    try (Models models = new Models(besides(file))) {
      ModelMerge merge =
          ModelMerge.ofMergekit(root, file.toString(), models, catalog, settings, seed);
      return merge(merge, root, models, settings, output, options);
    }
  }

  private static MergeConfig config(Path file, JsonNode root) {
    if (root.path(MergeConfig.MERGER) instanceof ObjectNode merger && !merger.has("name")) {
      merger.put("name", "merge");
    }
    return new ConfigDecoder().decode(root, file, MergeConfig.class, null);
  }

  private @Nullable Path run(MergeConfig config, JsonNode root, Path file, Options options)
      throws IOException {
    Path output = required(options.output() == null ? config.output() : options.output());
    List<Path> configured = config.plugins();
    try (Models models = new Models(besides(file))) {
      if (!config.adapters().isEmpty()) {
        return adapters(config, models, configured, output, options);
      }
      return models(config, root, file.toString(), models, catalog(configured), output, options);
    }
  }

  /** Merges models named on the command line. */
  @Nullable Path run(MergeConfig config, Path output, Options options) throws IOException {
    Catalog catalog = catalog(List.of());
    try (Models models = new Models(List.of(Path.of("")))) {
      ObjectNode root = new ConfigEncoder().toNode(config);
      return models(config, root, "merge", models, catalog, output, options);
    }
  }

  private @Nullable Path models(
      MergeConfig config,
      JsonNode root,
      String source,
      Models models,
      Catalog catalog,
      Path output,
      Options options)
      throws IOException {
    MergeSettings settings = options.settings(config);
    ModelMerge merge =
        ModelMerge.of(config, source, models, catalog, settings, data(config, models, catalog));
    return merge(merge, root, models, settings, output, options);
  }

  private Map<String, InputData> data(MergeConfig config, Models models, Catalog catalog) {
    Optional<Kind> fisher = InputFisher.asked(catalog, config.merger());
    Map<String, InputData> found = new LinkedHashMap<>();
    for (InputSpec input : config.models()) {
      Path folder = models.resolve(input.path());
      if (!Files.exists(folder.resolve("config.json"))) {
        continue; // told with the other problems
      }
      try (HuggingFaceCheckpoint model = HuggingFaceCheckpoint.open(folder)) {
        InputStatistics statistics = new InputStatistics(listed(input.statistics()));
        InputFisher information = new InputFisher(listed(input.fisher()));
        found.put(
            input.label(),
            new InputData(
                statistics.of(0, folder, modules(model)),
                information.ofTensors(0, folder, fisher),
                Stream.of(statistics.file(0, folder), information.file(0, folder, fisher))
                    .flatMap(Optional::stream)
                    .toList()));
      }
    }
    return found;
  }

  private static List<Path> listed(@Nullable Path file) {
    return file == null ? List.of() : List.of(file);
  }

  /** What tensors called {@code weight} belong to. */
  private static List<String> modules(HuggingFaceCheckpoint model) {
    return model.names().stream()
        .filter(name -> name.endsWith(WEIGHT))
        .map(name -> name.substring(0, name.length() - WEIGHT.length()))
        .toList();
  }

  private @Nullable Path merge(
      ModelMerge merge,
      JsonNode root,
      Models models,
      MergeSettings settings,
      Path output,
      Options options)
      throws IOException {
    if (options.dryRun()) {
      new PlanPrinter(console.out()).print(merge, settings, output);
      return null;
    }
    OutputFolder.requireFree(output, options.force());
    if (merge.plan().needsArrays()) {
      backend.start();
    }
    StreamingMerge streaming = new StreamingMerge(settings, progress, interruption);
    streaming.run(
        merge.plan(),
        output,
        options.force(),
        (folder, summaries) -> {
          FileDigests digests =
              options.digests()
                  ? FileDigests.of(inputFiles(models.opened()), settings.threads())
                  : new FileDigests(Map.of());
          MergeNote note =
              new MergeNote(
                  root,
                  merge.merger(),
                  VersionProvider.version(),
                  merge.plan().seed(),
                  models.opened(),
                  digests);
          new Provenance(note).writeInto(folder, merge, summaries);
        });
    return output;
  }

  /** The files that the result was made from. */
  static List<Path> inputFiles(Collection<Path> folders) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path folder : folders) {
      try (Stream<Path> entries = Files.list(folder)) {
        entries
            .filter(file -> file.toString().matches(".*(\\.safetensors|config\\.json)"))
            .filter(Files::isRegularFile)
            .forEach(files::add);
      }
    }
    return List.copyOf(new TreeSet<>(files));
  }

  private @Nullable Path adapters(
      MergeConfig config, Models models, List<Path> configured, Path output, Options options)
      throws IOException {
    List<Path> inputs = new ArrayList<>();
    List<Path> statistics = new ArrayList<>();
    for (InputSpec input : config.adapters()) {
      inputs.add(models.resolve(input.path()));
      Path given = input.statistics();
      statistics.add(
          given == null ? models.resolve(input.path()).resolve("statistics.safetensors") : given);
      if (!input.settings().isEmpty()) {
        throw new IllegalArgumentException(
            "adapter '%s': %s is unknown here; adapters are merged with one configuration"
                .formatted(input.label(), input.settings().fieldNames().next()));
      }
    }
    boolean given = config.adapters().stream().anyMatch(input -> input.statistics() != null);
    String base = config.base();
    Map<String, String> settings = new LinkedHashMap<>();
    config
        .merger()
        .settings()
        .properties()
        .forEach(entry -> settings.put(entry.getKey(), entry.getValue().toString()));
    FolderMerge.Request request =
        new FolderMerge.Request(
            config.merger().type(),
            settings,
            inputs,
            config.adapters().stream().map(InputSpec::weight).toList(),
            new InputStatistics(given ? statistics : List.of()),
            new InputFisher(
                config.adapters().stream()
                    .map(InputSpec::fisher)
                    .filter(Objects::nonNull)
                    .toList()),
            base == null ? null : models.resolve(base),
            config.fold(),
            null,
            options.seed() == null ? config.seed() : options.seed(),
            configured,
            config.merger().space(),
            config.merger().before(),
            config.merger().after(),
            output,
            options.force(),
            options.digests());
    if (options.dryRun()) {
      for (Path input : inputs) {
        console
            .out()
            .printf("%s: %d modules%n", input, PeftAdapterFolder.read(input).modules().size());
      }
      return null;
    }
    folders.run(request);
    return output;
  }

  private static List<Path> besides(Path file) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    return List.of(folder == null ? Path.of("") : folder, Path.of("").toAbsolutePath());
  }

  private static Path required(@Nullable Path output) {
    if (output == null) {
      throw new MisuseException("the merge needs --output, the folder to write");
    }
    return output;
  }

  private Catalog catalog(List<Path> configured) {
    return Guice.createInjector(plugins.module(configured)).getInstance(Catalog.class);
  }
}
