package dev.orthant.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.inject.Inject;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.TransformSpec;
import dev.orthant.core.merge.TensorReport;
import dev.orthant.core.merge.recipe.MergeConfig;
import dev.orthant.core.spi.MergerTraits.Space;
import dev.orthant.eval.study.MergingStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orthant merge}: a study's adapters, or adapters and models named on the command line. */
@Command(
    name = "merge",
    description = {
      "Merge the adapters of a study:  orthant merge FILE",
      "what a merge file says, in Orthant's or mergekit's form:  orthant merge FILE --output OUT",
      "or adapter or model folders:    orthant merge --type ties --output OUT INPUT INPUT ..."
    })
final class MergeCommand implements Callable<Integer> {

  /** Spaces as they are written. */
  private enum SpaceName {
    full,
    core,
    knots
  }

  private final Console console;
  private final StudyRunner runner;
  private final FolderMerge folders;
  private final RecipeMerge recipes;

  @Parameters(
      arity = "1..*",
      paramLabel = "INPUT",
      description =
          "A study's configuration or a merge file; or, with --type, PEFT adapter folders or model"
              + " folders.")
  private List<Path> inputs = List.of();

  @Option(names = "--type", paramLabel = "NAME", description = "The merger, by its name.")
  private @Nullable String type;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of the merger, such as density=0.3.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--weights",
      split = ",",
      paramLabel = "W",
      description = "A weight for each input; 1 by default.")
  private List<Double> weights = List.of();

  @Option(
      names = "--statistics",
      split = ",",
      paramLabel = "FILE",
      description =
          "For mergers that need it, a file with the statistics of each input's own features; by"
              + " default statistics.safetensors in the inputs' folders.")
  private List<Path> statistics = List.of();

  @Option(
      names = "--fisher",
      split = ",",
      paramLabel = "FILE",
      description =
          "For mergers that need it, a safetensors file with the diagonal Fisher information of"
              + " each input's weights, under the model's names.")
  private List<Path> fisher = List.of();

  @Option(
      names = "--base",
      paramLabel = "FOLDER",
      description = "The model that models were fine-tuned from, or that adapters are folded into.")
  private @Nullable Path base;

  @Option(
      names = "--fold",
      description = "Write the base model with the merged adapter folded in, not an adapter.")
  private boolean fold;

  @Option(
      names = "--rank",
      paramLabel = "R",
      description = "Compress a merged adapter to this rank; exact by default.")
  private @Nullable Integer rank;

  @Option(
      names = "--space",
      paramLabel = "SPACE",
      description = "The basis that the rule is applied in: ${COMPLETION-CANDIDATES}.")
  private SpaceName space = SpaceName.full;

  @Option(
      names = "--before",
      paramLabel = "TRANSFORM",
      description =
          "What is done to every input first: a transform's name, or {type: NAME, KEY: VALUE}; may"
              + " be repeated.")
  private List<String> before = List.of();

  @Option(
      names = "--after",
      paramLabel = "TRANSFORM",
      description = "What is done to the result, likewise.")
  private List<String> after = List.of();

  @Option(names = "--seed", paramLabel = "N", description = "For mergers that draw; default: 42.")
  private @Nullable Long seed;

  @Option(
      names = "--dry-run",
      description = "Check everything and tell what a merge of models would do; write nothing.")
  private boolean dryRun;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "What a merge of models may use, such as 1g; default: 2g.")
  private @Nullable String memory;

  @Option(
      names = "--shard-size",
      paramLabel = "SIZE",
      description = "The most bytes of a merged model's files; default: 5GB.")
  private @Nullable String shardSize;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of a merge of models; default: one a core.")
  private @Nullable Integer threads;

  @Option(
      names = "--digests",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Note the SHA-256 of the inputs' files in merge.json; default: yes.")
  private boolean digests = true;

  @Option(names = "--output", paramLabel = "FOLDER", description = "The folder to write.")
  private @Nullable Path output;

  @Option(names = "--force", description = "Replace the folder if it exists.")
  private boolean force;

  @Inject
  MergeCommand(Console console, StudyRunner runner, FolderMerge folders, RecipeMerge recipes) {
    this.console = console;
    this.runner = runner;
    this.folders = folders;
    this.recipes = recipes;
  }

  @Override
  public Integer call() throws IOException {
    if (type == null) {
      return mergeFile();
    }
    if (output == null) {
      throw new MisuseException("--type needs --output, the folder to write");
    }
    FolderMerge.Request request =
        new FolderMerge.Request(
            type,
            settings,
            inputs,
            weights,
            new InputStatistics(statistics),
            new InputFisher(fisher),
            base,
            fold,
            rank,
            seed == null ? MergeConfig.DEFAULT_SEED : seed,
            List.of(),
            Space.valueOf(space.name().toUpperCase(Locale.ROOT)),
            transforms(before),
            transforms(after),
            output,
            force,
            digests);
    if (folders.isOfModels(request)) {
      if (recipes.run(folders.config(request), output, options()) != null) {
        console.out().println(output);
      }
      return ExitCode.OK;
    }
    List<TensorReport> report = folders.run(request);
    console.out().println(output);
    double lost = report.stream().mapToDouble(TensorReport::transformError).max().orElse(0);
    if (lost > 0) {
      console.out().printf("transforms lost up to %.2g of the norm of a module's delta%n", lost);
    }
    return ExitCode.OK;
  }

  private static List<TransformSpec> transforms(List<String> options) {
    ConfigDecoder decoder = new ConfigDecoder();
    return options.stream()
        .map(option -> option.strip().startsWith("{") ? option : "{type: " + option + "}")
        .map(option -> decoder.decode(option, TransformSpec.class, null))
        .toList();
  }

  private int mergeFile() throws IOException {
    if (inputs.size() != 1) {
      throw new MisuseException(
          "without --type there is one input, a study's configuration or a merge file; were "
              + inputs.size());
    }
    Path file = inputs.get(0);
    if (Files.isRegularFile(file)) {
      JsonNode root = new ConfigDecoder().parse(file);
      if (RecipeMerge.takes(root)) {
        Path written = recipes.run(file, root, options());
        if (written != null) {
          console.out().println(written);
        }
        return ExitCode.OK;
      }
    }
    return mergeStudy(file);
  }

  private RecipeMerge.Options options() {
    return new RecipeMerge.Options(
        output, force, dryRun, memory, shardSize, threads, seed, digests);
  }

  private int mergeStudy(Path file) throws IOException {
    runner.run(
        file,
        "timings-merge.json",
        (study, times) -> {
          new MergingStep(study, times).run();
          study
              .run()
              .mergers()
              .forEach(
                  merger ->
                      study
                          .run()
                          .adapters()
                          .forEach(
                              adapter ->
                                  console
                                      .out()
                                      .println(
                                          study.layout().merged(merger.name(), adapter.name()))));
        });
    return ExitCode.OK;
  }
}
