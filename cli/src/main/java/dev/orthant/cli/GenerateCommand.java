package dev.orthant.cli;

import com.google.inject.Guice;
import com.google.inject.Inject;
import com.google.inject.Injector;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.config.BaseSpec;
import dev.orthant.core.family.Architectures;
import dev.orthant.core.generate.EndTokens;
import dev.orthant.core.generate.GenerationConfig;
import dev.orthant.core.generate.TextModel;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.NextTokenModel;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.Site;
import dev.orthant.core.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code orthant generate}: what a language model writes after a prompt. */
@Command(
    name = "generate",
    description = {
      "Let a language model write after a prompt.",
      "A decoder goes on with the prompt, which is printed too; an encoder-decoder answers it."
    })
final class GenerateCommand implements Callable<Integer> {

  private static final int LONGEST = 1 << 20; // tokens of a prompt, if the model has no limit

  private final Console console;
  private final Backend backend;
  private final BaseModels baseModels;
  private final PluginFolders plugins;

  @Option(
      names = "--base",
      required = true,
      paramLabel = "MODEL",
      description = "A model folder, or maven: and a name.")
  private String base = "";

  @Option(
      names = "--adapter",
      paramLabel = "FOLDER",
      description = "An adapter folder, of Orthant or PEFT, that is added to the model.")
  private @Nullable Path adapter;

  @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "What it reads.")
  private String prompt = "";

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "The most tokens to write; default: ${DEFAULT-VALUE}.")
  private int maxNewTokens = 64;

  @Option(
      names = "--num-beams",
      paramLabel = "N",
      description = "Search with so many beams; default: ${DEFAULT-VALUE}, the best at each step.")
  private int numBeams = 1;

  @Option(
      names = "--length-penalty",
      paramLabel = "X",
      description = "More of it means longer texts in a beam search; default: ${DEFAULT-VALUE}.")
  private double lengthPenalty = 1;

  @Option(names = "--do-sample", description = "Draw tokens by their probabilities.")
  private boolean sample;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      description = "Draw from scores divided by this; default: ${DEFAULT-VALUE}.")
  private double temperature = 1;

  @Option(
      names = "--top-k",
      paramLabel = "N",
      description = "Draw from the N most probable tokens, 0 for all; default: ${DEFAULT-VALUE}.")
  private int topK = 50;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description =
          "Draw from the most probable tokens that have P together; default: ${DEFAULT-VALUE}.")
  private double topP = 1;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the draws; default: ${DEFAULT-VALUE}.")
  private long seed;

  @Inject
  GenerateCommand(Console console, Backend backend, BaseModels baseModels, PluginFolders plugins) {
    this.console = console;
    this.backend = backend;
    this.baseModels = baseModels;
    this.plugins = plugins;
  }

  @Override
  public Integer call() throws IOException {
    GenerationConfig config = config();
    Path folder = baseModels.folder(new BaseSpec(base, LONGEST));
    backend.start();
    Injector injector = Guice.createInjector(plugins.module(List.of()));
    WorkerPool pool = injector.getInstance(WorkerPool.class);
    try (HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(folder);
        Transformer loaded = injector.getInstance(Architectures.class).load(checkpoint);
        Transformer model = adapted(loaded);
        Tokenizer tokenizer =
            Tokenizer.open(
                checkpoint.tokenizerFile(), Math.min(LONGEST, model.sizes().positions()))) {
      TextModel writer =
          new TextModel(
              new NextTokenModel(model),
              AdapterSet.none(),
              injector.getInstance(Kernels.class),
              tokenizer,
              EndTokens.of(checkpoint));
      boolean answers = model.startToken().isPresent();
      console
          .out()
          .println(answers ? writer.generate(prompt, config) : writer.goOn(prompt, config));
    } finally {
      pool.close();
    }
    return ExitCode.OK;
  }

  private GenerationConfig config() {
    try {
      return new GenerationConfig(
          maxNewTokens, numBeams, lengthPenalty, sample, temperature, topK, topP, seed);
    } catch (IllegalArgumentException e) {
      throw new MisuseException("--" + e.getMessage().replace('_', '-'));
    }
  }

  private Transformer adapted(Transformer model) {
    Map<String, Delta> deltas =
        adapter == null
            ? Map.of()
            : PeftAdapterFolder.read(adapter)
                .deltas(model.sites().stream().map(Site::module).toList(), model::baseWeights);
    return model.plus(deltas);
  }
}
