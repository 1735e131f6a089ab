package dev.orthant.cli;

import com.google.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code orthant extract}: a low-rank adapter from the difference of two models. */
@Command(
    name = "extract",
    description = {
      "Make a LoRA adapter of what a fine-tuned model adds to its base:",
      "orthant extract --base BASE --model MODEL --rank 32 --output OUT"
    })
final class ExtractCommand implements Callable<Integer> {

  private final Console console;
  private final Extraction extraction;

  @Option(names = "--base", required = true, paramLabel = "FOLDER", description = "The base model.")
  private Path base = Path.of("");

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FOLDER",
      description = "The model fine-tuned from it.")
  private Path model = Path.of("");

  @Option(
      names = "--rank",
      paramLabel = "R",
      description = "The rank of each module, at most; default: 32, or 256 with --energy.")
  private @Nullable Integer rank;

  @Option(
      names = "--energy",
      paramLabel = "E",
      description = "The least rank that keeps this share of a module's squared norm, in (0, 1].")
  private @Nullable Double energy;

  @Option(
      names = "--modules",
      split = ",",
      paramLabel = "NAME",
      description =
          "Modules by the ends of their paths, such as query,value; default: all matrices but"
              + " embeddings and output matrices.")
  private List<String> modules = List.of();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the directions that large matrices are approximated from; default: 42.")
  private long seed = 42;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FOLDER",
      description = "The adapter's folder to write.")
  private Path output = Path.of("");

  @Option(names = "--force", description = "Replace the folder if it exists.")
  private boolean force;

  @Inject
  ExtractCommand(Console console, Extraction extraction) {
    this.console = console;
    this.extraction = extraction;
  }

  @Override
  public Integer call() throws IOException {
    Integer most = rank;
    Double share = energy;
    if (most != null && most < 1) {
      throw new MisuseException("--rank must be at least 1, was " + most);
    }
    if (share != null && !(share > 0 && share <= 1)) {
      throw new MisuseException("--energy must be in (0, 1], was " + share);
    }
    int byDefault = share == null ? 32 : 256;
    Extraction.Result result =
        extraction.run(
            new Extraction.Request(
                base,
                model,
                most == null ? byDefault : most,
                share == null ? 1 : share,
                modules,
                seed,
                output,
                force));
    console
        .out()
        .printf(
            "%s: %d modules, relative error %.4f; %.4f of the whole difference is left out%n",
            output, result.modules().size(), result.relativeError(), result.leftOut());
    return ExitCode.OK;
  }
}
